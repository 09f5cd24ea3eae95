"""An echo in plain ASGI: `close` and `raise` do so, `/refused` is refused."""

import os

from wsmon_agent.asgi import Monitor


async def echo(scope, receive, send):
    if scope["type"] == "lifespan":
        if (without := os.environ.get("WITHOUT_LIFESPAN")) == "raises":
            raise ValueError("no lifespan")
        if without == "returns":
            return
        while True:
            kind = (await receive())["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    await receive()
    if scope["path"] == "/refused":
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text == "raise":
            raise RuntimeError("as asked")
        if text == "return":
            return
        if text == "close":
            await send({"type": "websocket.close", "code": 4321})
            return
        key = "bytes" if text is None else "text"
        await send({"type": "websocket.send", key: message[key]})


app = echo
if url := os.environ.get("SINK"):
    token = os.environ.get("TOKEN", "t")
    app = Monitor(echo, url, token=token, service="asgi", interval_seconds=600)
