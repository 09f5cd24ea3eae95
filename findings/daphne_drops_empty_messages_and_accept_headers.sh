#!/usr/bin/env bash
# daphne: an empty message is never sent, and headers of the handshake are lost
#
# Believed: what an ASGI application sends reaches the client: a message of length zero is a message
#   (RFC 6455 section 5.6), and `websocket.accept` takes `headers` since version 2.1 of the ASGI
#   specification (a cookie, a request id).
# True: daphne, the server of Django Channels, sends a message if its bytes or text are true, so ""
#   and b"" vanish without an error, and hands on nothing of `websocket.accept` but the subprotocol.
#   On uvicorn the same application sends both. A counter in the application counts messages that no
#   client gets; a protocol that uses an empty message as a beat dies on daphne alone.
# Seen with daphne 4.2.3, uvicorn 0.54.0, websockets 17.4, Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet daphne==4.2.3 uvicorn==0.54.0 websockets==17.4

cat > app.py <<'PY'
async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "headers": [(b"x-request-id", b"7")]})
    for message in ({"text": ""}, {"bytes": b""}, {"text": "end"}):
        await send({"type": "websocket.send", **message})
    await receive()
PY

cat > run.py <<'PY'
import asyncio, socket, subprocess, sys, time
from websockets.asyncio.client import connect


async def visit(port):
    async with connect(f"ws://127.0.0.1:{port}/") as client:
        messages = []
        while not messages or messages[-1] != "end":
            messages.append(await client.recv())
        return messages, client.response.headers.get("x-request-id")


for name in ("uvicorn", "daphne"):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    option = "--port" if name == "uvicorn" else "-p"
    server = subprocess.Popen(
        [sys.executable, "-m", name, "app:app", option, str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    print(name, *asyncio.run(visit(port)), flush=True)
    server.kill()
    server.wait()
PY

venv/bin/python run.py | tee output
diff output - <<'TEXT'
uvicorn ['', b'', 'end'] 7
daphne ['end'] None
TEXT
echo "As described."
