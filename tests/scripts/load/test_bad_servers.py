"""Servers that refuse, stall, drop, are slow, send garbage, or are not there."""

import asyncio
from itertools import count

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from analytics.load_tests.report import LoadTestReport, Outcome
from analytics.load_tests.verdict import TIMED_OUT
from scripts.load import command, delivery
from scripts.load.clients import pool
from scripts.load.clients.run import Run
from tests.support.servers.running_server import free_port
from tests.support.short_runs import (
    CONNECTIONS,
    QUIETLY,
    Handler,
    against,
    changed,
    echo,
    options,
    silent,
)
from tests.support.threads import in_thread


def test_a_run_stopped_in_a_stalled_handshake_ends_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "HANDSHAKE_SECONDS", 5.0)

    def stop_soon(run: Run) -> None:
        asyncio.get_running_loop().call_later(0.05, run.stop)

    report = in_thread(asyncio.run, silent(stop_soon))
    assert report.connections.failed == {}
    assert report.connections.attempted == report.connections.connected == 0


def test_a_server_that_falls_silent_loses_what_was_on_its_way() -> None:
    async def falls_silent(connection: ServerConnection) -> None:
        for _ in range(3):
            await connection.send(await connection.recv())
        async for _ in connection:
            pass

    report = against(falls_silent)
    assert report.messages.received == 3 * CONNECTIONS
    assert report.messages.lost == report.messages.sent - 3 * CONNECTIONS > 0
    assert report.verdict.outcome is Outcome.FAILED


def test_what_a_server_sends_with_its_handshake_is_counted() -> None:
    async def greets(connection: ServerConnection) -> None:
        await connection.send("welcome")
        await echo(connection)

    async def closes(connection: ServerConnection) -> None:
        await connection.close(1013)

    greeted = against(greets)
    assert greeted.messages.garbled == CONNECTIONS
    assert greeted.messages.received == greeted.messages.sent > 0
    closed = against(closes)
    assert closed.connections.dropped == {"1013/server": CONNECTIONS}
    assert closed.windows[-1].open == 0


def test_half_dropped_and_half_refused_are_counted_each() -> None:
    numbers = count()

    async def every_other(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(429, "slow down") if next(numbers) % 2 else None

    report = against(echo, admit=every_other)
    assert report.connections.connected == CONNECTIONS / 2
    assert report.connections.failed == {
        "refused with 429: too many connections or requests": CONNECTIONS / 2
    }
    assert delivery.exit_status(report) == 1


def test_a_slow_server_breaks_the_limit_of_round_trips() -> None:
    async def slow(connection: ServerConnection) -> None:
        async for message in connection:
            await asyncio.sleep(0.06)
            await connection.send(message)

    report = against(slow, lambda port: changed(options(port), rate=5.0, max_p95_ms=30))
    assert report.verdict.outcome is Outcome.FAILED
    assert report.verdict.broken[0].startswith("round trip p95 over 30")
    assert delivery.exit_status(report) == 1


def test_nothing_connected_never_holds_whatever_failures_are_allowed() -> None:
    allowed = changed(options(free_port()), max_failures=1000)
    report = in_thread(asyncio.run, command.measured(allowed, *QUIETLY))
    assert report.verdict.outcome is Outcome.FAILED
    assert delivery.exit_status(report) == 2


async def _drops(connection: ServerConnection) -> None:
    await connection.recv()
    connection.transport.abort()


async def _garbles(connection: ServerConnection) -> None:
    async for _ in connection:
        await connection.send("garbage")


async def _swallows(connection: ServerConnection) -> None:
    async for message in connection:
        if not str(message).startswith("0000000003"):
            await connection.send(message)


async def _closes(connection: ServerConnection) -> None:
    await connection.recv()
    await connection.close(4002)


async def _fragments(connection: ServerConnection) -> None:
    async for message in connection:
        text = str(message)
        await connection.send([text[:7], text[7:]])


@pytest.mark.parametrize(
    ("handler", "broken"),
    [
        (_drops, f"{CONNECTIONS} connections dropped: {CONNECTIONS} 1006/nobody"),
        (_closes, f"{CONNECTIONS} connections dropped: {CONNECTIONS} 4002/server"),
        (_garbles, "came back other than sent"),
        (_swallows, f"{CONNECTIONS} of "),
    ],
)
def test_what_a_bad_server_does_is_named(handler: Handler, broken: str) -> None:
    report = against(handler)
    assert report.verdict.outcome is Outcome.FAILED
    assert any(broken in each for each in report.verdict.broken), report.verdict
    assert delivery.exit_status(report) == 1


def test_fragments_are_a_single_message() -> None:
    assert against(_fragments).verdict.outcome is Outcome.PASSED


def test_refused_handshakes_and_absent_servers_are_no_measurement() -> None:
    async def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(403, "no")

    async def refusing() -> LoadTestReport:
        async with serve(echo, "127.0.0.1", 0, process_request=refuse) as server:
            port = server.sockets[0].getsockname()[1]
            return await command.measured(options(port), *QUIETLY)

    absent = in_thread(asyncio.run, command.measured(options(free_port()), *QUIETLY))
    for report, cause in (
        (in_thread(asyncio.run, refusing()), "refused with 403"),
        (absent, "refused: "),
    ):
        (failed,) = report.connections.failed
        assert failed.startswith(cause)
        assert delivery.exit_status(report) == 2


def test_a_handshake_without_a_response_ends_in_time() -> None:
    report = in_thread(asyncio.run, silent())
    assert report.connections.failed == {TIMED_OUT: CONNECTIONS}
    assert delivery.exit_status(report) == 2
