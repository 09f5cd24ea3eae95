"""An echo with FastAPI."""

import os

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from wsmon_agent.asgi import Monitor

app = FastAPI()


@app.websocket("/")
async def echo(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            message = await ws.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text == "raise":
                raise RuntimeError("as asked")
            if text == "close":
                await ws.close(4321)
                return
            await (ws.send_bytes(message["bytes"]) if text is None else ws.send_text(text))
    except WebSocketDisconnect:
        return


if url := os.environ.get("SINK"):
    app = Monitor(app, url, token="t", service="fastapi", interval_seconds=600)
