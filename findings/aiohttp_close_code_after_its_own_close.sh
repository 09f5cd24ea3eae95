#!/usr/bin/env bash
# aiohttp: after the server itself failed a connection, its close_code says 1006
#
# Believed: `WebSocketResponse.close_code` is the code of the close, so a server that refuses a message
#   that is too big finds its own 1009 there.
# True: the client reads 1009, the server's `close_code` is 1006, "closed abnormally": `receive` stores
#   1009, calls `close(1009)`, and that overwrites it, as reading on after the fault fails. The code
#   stands in the message of type ERROR alone (`message.data.code`). A server that logs `close_code`
#   counts its own refusals as lost connections.
# Seen with aiohttp 3.14.5, websockets 17.4, Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet aiohttp==3.14.5 websockets==17.4

cat > run.py <<'PY'
import asyncio

from aiohttp import web
from websockets.asyncio.client import connect

told = asyncio.Queue()


async def handler(request):
    ws = web.WebSocketResponse(max_msg_size=1000)
    await ws.prepare(request)
    message = await ws.receive()
    await told.put((message.type.name, int(message.data.code), ws.close_code))
    return ws


async def main():
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with connect(f"ws://127.0.0.1:{port}/", compression=None) as client:
        await client.send(b"x" * 2000)
        await client.wait_closed()
        print("client", client.close_code)
    kind, code, close_code = await told.get()
    print("server", kind, code, "close_code", int(close_code))
    await runner.cleanup()


asyncio.run(main())
PY

venv/bin/python run.py | tee output
diff output - <<'TEXT'
client 1009
server ERROR 1009 close_code 1006
TEXT
echo "As described."
