"""An echo with Starlette, measured as a middleware."""

import os

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from wsmon_agent.asgi import Monitor


class Echo(WebSocketEndpoint):
    async def on_receive(self, websocket, data):
        if data == "raise":
            raise RuntimeError("as asked")
        if data == "close":
            await websocket.close(4321)
        else:
            await (websocket.send_bytes if isinstance(data, bytes) else websocket.send_text)(data)

    async def decode(self, websocket, message):
        return message.get("bytes") if message.get("text") is None else message["text"]


options = {"url": os.environ["SINK"], "token": "t", "service": "starlette", "app": "portal"}
app = Starlette(
    routes=[WebSocketRoute("/", Echo)],
    middleware=[Middleware(Monitor, interval_seconds=600, **options)],
)
