"""An echo with `websockets`; SIGTERM closes the server."""

import asyncio
import os
import signal
import sys

from websockets.asyncio.server import ServerConnection, serve

measured = ServerConnection
if url := os.environ.get("SINK"):
    from wsmon_agent.websockets import monitor

    measured = monitor(url, token="t", service="websockets", interval_seconds=600)


async def echo(connection):
    async for data in connection:
        if data == "raise":
            raise RuntimeError("as asked")
        if data == "return":
            return
        if data == "close":
            await connection.close(4321)
            return
        await connection.send(data)


def refuse(connection, request):
    return connection.respond(403, "") if request.path == "/refused" else None


async def main():
    async with serve(
        echo,
        "127.0.0.1",
        int(sys.argv[1]),
        create_connection=measured,
        max_size=65536,
        process_request=refuse,
    ) as server:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, server.close)
        await server.wait_closed()


asyncio.run(main())
