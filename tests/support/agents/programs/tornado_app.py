"""An echo with tornado."""

import asyncio
import os
import sys

from tornado.web import Application, HTTPError
from tornado.websocket import WebSocketHandler

if url := os.environ.get("SINK"):
    from wsmon_agent.tornado import monitor

    monitor(WebSocketHandler, url, token="t", service="tornado", interval_seconds=600)


class Echo(WebSocketHandler):
    def prepare(self):
        if self.request.path == "/refused":
            raise HTTPError(403)

    def on_message(self, message):
        if message == "raise":
            raise RuntimeError("as asked")
        if message in ("close", "return"):
            self.close(4321 if message == "close" else None)
            return
        self.write_message(message, binary=isinstance(message, bytes))


async def main():
    application = Application([("/.*", Echo)], websocket_max_message_size=65536)
    application.listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
