#!/usr/bin/env bash
# ASGI: a handler that returns without a close ends in another way on every server
#
# Believed: an application that returns from an open WebSocket has finished with it, so its server
#   closes it (1000), or every server treats it as the same mistake.
# True: the specification is silent, and the client reads 1006 behind uvicorn (the stream ends without
#   a close frame), 1011 behind hypercorn, an empty close frame (1005) behind granian, and behind
#   daphne nothing: the connection stays open, nobody serves it any more, and what the client sends
#   is read and thrown away. So a handler that forgets to close looks like a network fault, a server
#   fault, a quiet end or a healthy connection, by the choice of the server.
# Seen with uvicorn 0.54.0, hypercorn 0.18.0, granian 2.8.9, daphne 4.2.3, websockets 17.4,
#   Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet uvicorn==0.54.0 hypercorn==0.18.0 granian==2.8.9 daphne==4.2.3 \
    websockets==17.4

cat > app.py <<'PY'
async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    await receive()
PY

cat > run.py <<'PY'
import asyncio, socket, subprocess, sys, time
from websockets.asyncio.client import connect

OPTIONS = {
    "uvicorn": ["--port", "{}"],
    "hypercorn": ["-b", "127.0.0.1:{}"],
    "granian": ["--interface", "asgi", "--port", "{}"],
    "daphne": ["-p", "{}"],
}


async def end(port):
    async with connect(f"ws://127.0.0.1:{port}/", ping_interval=None) as client:
        await client.send("x")
        try:
            await asyncio.wait_for(client.wait_closed(), 4)
        except TimeoutError:
            await client.send("is anybody there?")
            return "open after 4 s"
        return client.close_code


for name, options in OPTIONS.items():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", name, "app:app", *(each.format(port) for each in options)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    print(name, asyncio.run(end(port)), flush=True)
    server.terminate()
    server.wait()
PY

venv/bin/python run.py | tee output
diff output - <<'TEXT'
uvicorn 1006
hypercorn 1011
granian 1005
daphne open after 4 s
TEXT
echo "As described."
