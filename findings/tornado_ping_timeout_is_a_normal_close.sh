#!/usr/bin/env bash
# tornado: a ping that is not answered ends the connection with 1000, a normal close
#
# Believed: a server that gives up a silent peer closes with an error (uvicorn and `websockets` send
#   1011, simple-websocket 1008) or drops the stream, so the code in the client's log says so.
# True: tornado closes with 1000 and the reason "ping timed out". A close with a reason needs a code,
#   and tornado takes 1000 when none is named; its own time-out names none. A client whose pongs are
#   late (a stopped tab, a proxy that swallows control frames) reads a normal close, libraries that
#   reconnect after abnormal ends stay away, and only the reason tells it apart.
# Seen with tornado 6.6.1, Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet tornado==6.6.1

cat > run.py <<'PY'
import asyncio, os
from base64 import b64encode

from tornado.web import Application
from tornado.websocket import WebSocketHandler


async def silent_client(port):
    """A client that reads, but never answers a ping."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    while True:
        first, size = await reader.readexactly(2)
        data = await reader.readexactly(size)
        if first & 15 == 8:
            writer.close()
            return int.from_bytes(data[:2], "big"), data[2:].decode()


async def main():
    application = Application(
        [("/", WebSocketHandler)], websocket_ping_interval=0.5, websocket_ping_timeout=0.3
    )
    server = application.listen(0, "127.0.0.1")
    port = list(server._sockets.values())[0].getsockname()[1]
    print(*await asyncio.wait_for(silent_client(port), 10))


asyncio.run(main())
PY

venv/bin/python run.py | tee output
grep -Fxq '1000 ping timed out' output
echo "As described."
