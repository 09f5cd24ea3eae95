"""The echo servers that `scripts.bench.websocket` compares ours with."""

import asyncio
import sys

from flask import Flask
from flask_sock import Sock
from simple_websocket import Server
from websockets.asyncio.server import ServerConnection, serve


def stock() -> Flask:
    """flask-sock as it comes, for gunicorn's gevent worker."""
    app = Flask(__name__)

    @Sock(app).route("/ws/echo")  # type: ignore[untyped-decorator]  # the library is untyped
    def echo(connection: Server) -> None:
        while True:
            connection.send(connection.receive())

    return app


async def websockets_echo(host: str, port: int) -> None:
    """The `websockets` library on asyncio, without compression like the others."""

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, host, port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    host, _, port = sys.argv[1].partition(":")
    asyncio.run(websockets_echo(host, int(port)))
