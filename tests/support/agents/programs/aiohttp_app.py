"""An echo with aiohttp."""

import os
import sys

from aiohttp import WSMsgType, web

app = web.Application()
if url := os.environ.get("SINK"):
    from wsmon_agent.aiohttp import monitor

    monitor(app, url, token="t", service="aiohttp", interval_seconds=600)


async def echo(request):
    if request.path == "/refused":
        raise web.HTTPForbidden
    ws = web.WebSocketResponse(max_msg_size=65536, timeout=1)
    await ws.prepare(request)
    async for message in ws:
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            break
        if message.data == "raise":
            raise RuntimeError("as asked")
        if message.data == "return":
            break
        if message.data == "close":
            await ws.close(code=4321)
            break
        await (ws.send_str if message.type is WSMsgType.TEXT else ws.send_bytes)(message.data)
    return ws


app.router.add_get("/{tail:.*}", echo)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), shutdown_timeout=1, print=None)
