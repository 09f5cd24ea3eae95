#!/usr/bin/env bash
# uvicorn: who loses a ping reads 1011, its application reads the same as of a vanished client
#
# Believed: when the server itself ends a connection because a ping was not answered, its application
#   gets the code it sent (1011, "keepalive ping timeout"), as it does for a message that is too big
#   (1009 with a reason).
# True: the application gets code 1005 without a `reason` key, exactly what it gets when the client's
#   stream just ends. The client, if it still reads, gets 1011 with the reason. So the server's log
#   cannot tell its own time-outs from lost clients, and 1011 in the client's log has no counterpart.
# Seen with uvicorn 0.54.0 (default sans-I/O implementation), websockets 17.4, Python 3.11,
#   on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet uvicorn==0.54.0 websockets==17.4

cat > app.py <<'PY'
async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    print("application", await receive(), flush=True)
PY

cat > run.py <<'PY'
import asyncio, os, socket, subprocess, sys, time
from base64 import b64encode


async def visit(port, leaves):
    """A client that never answers a ping: it leaves at once, or waits for the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    while not leaves:
        first, size = await reader.readexactly(2)
        data = await reader.readexactly(size)
        if first & 15 == 8:
            print("client", int.from_bytes(data[:2], "big"), data[2:].decode(), flush=True)
            break
    writer.close()
    await asyncio.sleep(0.5)


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
server = subprocess.Popen(
    [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "error",
     "--ws-ping-interval", "0.5", "--ws-ping-timeout", "0.5"],
)
for _ in range(300):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        break
    except OSError:
        time.sleep(0.1)
asyncio.run(visit(port, leaves=True))
asyncio.run(visit(port, leaves=False))
server.terminate()
server.wait()
PY

venv/bin/python run.py | sort | tee output
diff output - <<'TEXT'
application {'type': 'websocket.disconnect', 'code': 1005}
application {'type': 'websocket.disconnect', 'code': 1005}
client 1011 keepalive ping timeout
TEXT
echo "As described."
