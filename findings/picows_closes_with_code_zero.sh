#!/usr/bin/env bash
# picows: send_close() without arguments puts the close code 0 on the wire
#
# Believed: a client library's close() without a code sends an empty close frame (which the peer reads
#   as 1005) or 1000, as browsers, websockets and ws do.
# True: picows' default, WSCloseCode.NO_INFO, is the number 0, and it is written: the frame carries the
#   two bytes 00 00. RFC 6455 7.4.2 forbids codes below 1000, so a peer that checks them answers with a
#   protocol error: websockets ends the connection with 1002 instead of 1000. The same happens when a
#   picows client returns the code of an empty close frame, get_close_code(), which is 0 too.
#   For a load test each orderly end then counts as an error of the server: give WSCloseCode.OK.
# Seen with picows 2.3.1 and websockets 17.4 on Python 3.11, on 2026-11-28.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install -q --disable-pip-version-check picows==2.3.1 websockets==17.4

cat > closes.py <<'PY'
import asyncio
import logging

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

logging.disable()


class Client(WSListener):
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()


async def ending(*arguments: WSCloseCode) -> str:
    seen = asyncio.get_running_loop().create_future()

    async def handler(connection: ServerConnection) -> None:
        try:
            await connection.recv()
        except ConnectionClosed as closed:
            received = closed.rcvd.code if closed.rcvd else None
            sent = closed.sent.code if closed.sent else None
            seen.set_result(f"server received {received}, sent {sent}")

    async with serve(handler, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        transport, _ = await ws_connect(Client, f"ws://127.0.0.1:{port}/")
        transport.send_close(*arguments)
        return await asyncio.wait_for(seen, 5)


print("send_close()                ", asyncio.run(ending()))
print("send_close(WSCloseCode.OK)  ", asyncio.run(ending(WSCloseCode.OK)))
PY
environment/bin/python closes.py | tee seen
cat > expected <<'TEXT'
send_close()                 server received None, sent 1002
send_close(WSCloseCode.OK)   server received 1000, sent 1000
TEXT
diff expected seen && echo "As described."
