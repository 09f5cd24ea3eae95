"""An echo with Quart."""

import os

from quart import Quart, websocket
from wsmon_agent.asgi import Monitor

app = Quart(__name__)


@app.websocket("/")
async def echo():
    while True:
        data = await websocket.receive()
        if data == "raise":
            raise RuntimeError("as asked")
        if data == "close":
            await websocket.close(4321)
            return
        await websocket.send(data)


app = Monitor(app, os.environ["SINK"], token="t", service="quart", interval_seconds=600)
