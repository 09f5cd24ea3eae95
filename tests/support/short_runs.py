"""Short runs of load tests against servers in the same event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from analytics.load_tests.report import LoadTestReport, Plan, Thresholds
from scripts.load import command
from scripts.load.clients.run import Run
from scripts.load.options import Options
from tests.support.threads import in_thread

CONNECTIONS, RATE = 10, 20.0
QUIETLY = (lambda _: None, lambda _: None)
Admit = Callable[[ServerConnection, Request], Awaitable[Response | None]]
Handler = Callable[[ServerConnection], Awaitable[None]]


def options(port: int, scenario: str = "echo", rate: float = RATE) -> Options:
    plan = Plan(
        profile="light", scenario=scenario, url=f"ws://127.0.0.1:{port}/", connections=CONNECTIONS,
        rate=rate, message_bytes=50, ramp_up=0.1, steady=0.6, ramp_down=0.1,
    )  # fmt: skip
    return Options(plan=plan, thresholds=Thresholds(max_p95_ms=2000))


def changed(before: Options, **changes: Any) -> Options:
    """Options with some fields of their plan, or thresholds, of other values."""
    limits = {name: changes.pop(name) for name in [*changes] if name.startswith("max_")}
    return replace(
        before,
        plan=msgspec.structs.replace(before.plan, **changes),
        thresholds=msgspec.structs.replace(before.thresholds, **limits),
    )


def against(
    handler: Handler,
    make: Callable[[int], Options] = options,
    *,
    admit: Admit | None = None,
    on_start: Callable[[Run], None] = lambda _: None,
) -> LoadTestReport:
    """The report of a run against a server with this handler."""

    async def both() -> LoadTestReport:
        async with serve(handler, "127.0.0.1", 0, process_request=admit) as server:
            port = server.sockets[0].getsockname()[1]
            return await command.measured(make(port), lambda _: None, on_start)

    return in_thread(asyncio.run, both())


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def silent(on_start: Callable[[Run], None] = lambda _: None) -> LoadTestReport:
    """A run against a server that accepts and says nothing."""

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        report = await command.measured(options(port), lambda _: None, on_start)
        await asyncio.sleep(0.5)
    return report
