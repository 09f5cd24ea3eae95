"""An echo with Litestar."""

import os

from litestar import Litestar, WebSocket, websocket
from wsmon_agent.asgi import Monitor


@websocket("/")
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text == "raise":
            raise RuntimeError("as asked")
        if text == "close":
            await socket.close(code=4321)
            return
        await (socket.send_bytes(message["bytes"]) if text is None else socket.send_text(text))


app = Litestar([echo])
app = Monitor(app, os.environ["SINK"], token="t", service="litestar", interval_seconds=600)
