#!/usr/bin/env bash
# ASGI: a handler that only sends is told that its client left on some servers alone
#
# Believed: `send` raises once the client has gone (an OSError, says the ASGI specification since 2.4),
#   so a handler that pushes prices in a loop and never calls `receive` ends with its client.
# True: uvicorn raises. hypercorn and daphne throw every later message away and return as if it
#   was sent, so the loop runs until the server stops: one for every client there ever was. Whoever
#   counts sent messages in the application counts on for clients that are long gone.
# Seen with uvicorn 0.54.0, hypercorn 0.18.0, daphne 4.2.3, websockets 17.4, Python 3.11,
#   on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet uvicorn==0.54.0 hypercorn==0.18.0 daphne==4.2.3 websockets==17.4

cat > app.py <<'PY'
import asyncio


async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    for _ in range(60):  # 3 s: the client leaves after its first message
        try:
            await send({"type": "websocket.send", "text": "price"})
        except OSError:
            print("send raised OSError", flush=True)
            return
        await asyncio.sleep(0.05)
    print("60 messages sent", flush=True)
PY

cat > run.py <<'PY'
import asyncio, socket, subprocess, sys, time
from websockets.asyncio.client import connect

OPTIONS = {
    "uvicorn": ["--port", "{}", "--log-level", "critical"],
    "hypercorn": ["-b", "127.0.0.1:{}"],
    "daphne": ["-p", "{}", "--application-close-timeout", "60"],
}


async def visit(port):
    async with connect(f"ws://127.0.0.1:{port}/") as client:
        await client.recv()


for name, options in OPTIONS.items():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", name, "app:app", *(each.format(port) for each in options)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    asyncio.run(visit(port))
    for line in server.stdout:  # beside daphne's log of requests
        if line.startswith(("60 messages", "send raised")):
            print(name, line.strip(), flush=True)
            break
    server.terminate()
    server.wait()
PY

venv/bin/python run.py | tee output
diff output - <<'TEXT'
uvicorn send raised OSError
hypercorn 60 messages sent
daphne 60 messages sent
TEXT
echo "As described."
