"""Runs against servers in the same process."""

import asyncio
from dataclasses import replace

import msgspec
import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from analytics.load_tests.report import Outcome
from scripts.load import delivery
from scripts.load.clients.run import Run
from scripts.load.replay.visits import Visits
from tests.support.short_runs import CONNECTIONS, against, changed, echo, options


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
    assert delivery.exit_status(report) == 0


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
    missing = f"{CONNECTIONS} connections not back at the end of the steady phase"
    assert missing in report.verdict.broken
    assert delivery.exit_status(report) == 1


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
    assert msgspec.json.encode(report)
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
    assert report.connections.connected > 0
    assert report.connections.closed == {"1000/client": report.connections.connected}
    assert report.messages.received == report.messages.sent > 0
    assert delivery.exit_status(report) == 1


def test_a_server_that_stalls_for_a_moment_is_charged_for_all_that_waited() -> None:
    """Coordinated omission: messages due during the stall count from when they were due."""
    stalled = asyncio.Event()

    async def stalls(connection: ServerConnection) -> None:
        async for message in connection:
            if not stalled.is_set() and str(message).startswith("0000000004"):
                stalled.set()
                await asyncio.sleep(0.3)
            await connection.send(message)

    slow = against(stalls).round_trip
    waited = sum(n for bucket, n in slow.histogram.items() if bucket > 160)  # over 53 ms
    assert slow.longest
    assert slow.longest > 290
    assert waited >= 3
