"""Runs against servers in the same process, good and bad ones."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
from typing import Any

import msgspec
import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from analytics.load_tests.report import LoadTestReport, Outcome, Plan, Thresholds
from scripts.load import command
from scripts.load.clients import pool, run, timetable
from scripts.load.clients.causes import TIMED_OUT
from scripts.load.clients.run import Run
from scripts.load.options import Options
from scripts.load.replay.visits import Visits
from tests.support.servers.running_server import free_port
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


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait long for what will never come."""
    monkeypatch.setattr(run, "DRAIN_SECONDS", 0.3)
    monkeypatch.setattr(run, "LEAST_CUT", 0.2)
    monkeypatch.setattr(pool, "HANDSHAKE_SECONDS", 0.3)
    monkeypatch.setattr(timetable, "FIRST_BACK_OFF", 0.1)
    monkeypatch.setattr(pool, "CLOSING_SECONDS", 0.3)


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


def test_every_message_to_an_echo_server_comes_back() -> None:
    report = against(echo)
    assert report.verdict.outcome is Outcome.PASSED, report.verdict
    assert report.connections.closed == {"1000/client": CONNECTIONS}
    assert report.messages.received == report.messages.sent == report.messages.offered > 50
    assert report.round_trip.n
    assert sum(each.received for each in report.windows) == (report.messages.received)
    assert [each.phase for each in report.windows] == sorted(
        (each.phase for each in report.windows),
        key=("ramp-up", "steady", "draining", "ramp-down").index,
    )
    assert command.exit_status(report) == 0


def test_a_storm_ends_when_all_are_back() -> None:
    report = against(echo, lambda port: options(port, "storm"))
    assert report.verdict.outcome is Outcome.PASSED, report.verdict
    assert report.connections.connected == 2 * CONNECTIONS
    assert report.recovery is not None
    assert 0 < report.recovery < 60


def test_a_storm_ends_with_its_phase_when_the_server_stays_away() -> None:
    left = 0

    async def once(connection: ServerConnection, _: Request) -> Response | None:
        nonlocal left
        left += 1
        return None if left <= CONNECTIONS else connection.respond(503, "full")

    report = against(echo, lambda port: options(port, "storm"), admit=once)
    assert (report.recovery, report.connections.not_back) == (None, CONNECTIONS)
    assert (report.ended_at - report.started_at).total_seconds() < 5
    assert report.verdict.broken[-1] == (
        f"{CONNECTIONS} connections not back at the end of the steady phase"
    )
    assert command.exit_status(report) == 1


def test_a_replay_opens_closes_and_sends_as_its_visits_say() -> None:
    visits = Visits(
        initial=np.array([0.2, 1.0]), arrivals=np.array([0.1, 0.3, 0.5]),
        lengths=np.array([0.2, 0.2, 0.2]), rates=np.array([20.0] * 12 + [40.0] * 12), seconds=0.6,
    )  # fmt: skip
    assert visits.most_open() == 3
    report = against(
        echo, lambda port: replace(changed(options(port), scenario="replay"), visits=visits)
    )
    assert report.verdict.outcome is Outcome.PASSED, report.verdict
    assert report.connections.connected == report.connections.attempted == 5
    assert report.connections.closed == {"1000/client": 5}
    assert report.connections.most_open == 3
    assert report.messages.sent == report.messages.received + report.messages.cut > 10


def test_a_stopped_run_closes_what_is_open_and_reports_it() -> None:
    def stop_soon(run: Run) -> None:
        asyncio.get_running_loop().call_later(0.3, run.stop)

    report = against(
        echo,
        lambda port: changed(options(port, "storm"), steady=60.0),
        on_start=stop_soon,
    )
    assert report.verdict.outcome is Outcome.STOPPED
    assert report.connections.closed == {"1000/client": CONNECTIONS}
    assert report.messages.received == report.messages.sent > 0
    assert (report.ended_at - report.started_at).total_seconds() < 20
    assert command.exit_status(report) == 1


def test_a_run_stopped_in_a_stalled_handshake_ends_at_once() -> None:
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
    assert command.exit_status(report) == 1


def test_a_slow_server_breaks_the_limit_of_round_trips() -> None:
    async def slow(connection: ServerConnection) -> None:
        async for message in connection:
            await asyncio.sleep(0.06)
            await connection.send(message)

    report = against(slow, lambda port: changed(options(port), rate=5.0, max_p95_ms=30))
    assert report.verdict.outcome is Outcome.FAILED
    assert report.verdict.broken[0].startswith("round trip p95 over 30")
    assert command.exit_status(report) == 1


def test_nothing_connected_never_holds_whatever_failures_are_allowed() -> None:
    allowed = changed(options(free_port()), max_failures=1000)
    report = in_thread(asyncio.run, command.measured(allowed, *QUIETLY))
    assert report.verdict.outcome is Outcome.FAILED
    assert command.exit_status(report) == 2


def test_a_server_that_stalls_for_a_moment_is_charged_for_all_that_waited() -> None:
    """Coordinated omission: messages due during the stall count from when they were due."""
    stalled = asyncio.Event()

    async def stalls(connection: ServerConnection) -> None:
        async for message in connection:
            if not stalled.is_set():
                stalled.set()
                await asyncio.sleep(0.3)
            await connection.send(message)

    slow = against(stalls).round_trip
    waited = sum(n for bucket, n in slow.histogram.items() if bucket > 160)  # over 53 ms
    assert slow.longest
    assert slow.longest > 290
    assert waited >= 3


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
    assert command.exit_status(report) == 1


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
        assert command.exit_status(report) == 2


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


def test_a_handshake_without_a_response_ends_in_time() -> None:
    report = in_thread(asyncio.run, silent())
    assert report.connections.failed == {TIMED_OUT: CONNECTIONS}
    assert command.exit_status(report) == 2
