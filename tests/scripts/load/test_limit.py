import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from analytics.load_tests.report import (
    Generator,
    LoadTestReport,
    Outcome,
    Plan,
    RunVerdict,
    Thresholds,
)
from scripts.load import command, limit
from scripts.load.clients import run
from scripts.load.limit import RESOLUTION, Capacity, Search
from scripts.load.options import Options
from tests.support.load_reports import report
from tests.support.threads import in_thread

MOST = 20_000
Serving = AbstractAsyncContextManager[int]


def search(true_limit: int, start: int, outcome: Outcome = Outcome.FAILED) -> Capacity:
    """A search against a server that holds so many connections."""

    async def trial(connections: int) -> LoadTestReport:
        holds = connections <= true_limit
        verdict = RunVerdict(
            outcome=Outcome.PASSED if holds else outcome,
            sentence="", broken=[] if holds else ["round trip p95 over 200 ms"],
        )  # fmt: skip
        made = report(verdict=verdict, generator=Generator(limits=["it used 97% of one core"]))
        return msgspec.structs.replace(made)

    return in_thread(asyncio.run, Search(trial, MOST).run(start))


@given(st.integers(1, MOST - 1), st.sampled_from([50, 200, 1000]))
@settings(max_examples=25, deadline=None)
def test_the_limit_lies_within_a_twentieth_above_what_passed(limit: int, start: int) -> None:
    capacity = search(limit, start)
    assert len(capacity.highest) == 3
    assert not capacity.is_lower_bound
    for highest in capacity.highest:
        assert highest <= limit <= highest + max(1, RESOLUTION * highest)


def test_sentences_say_what_gave_way_or_what_ended_the_search() -> None:
    assert "First to give way: round trip p95 over 200 ms" in search(640, 50).sentence(1.0)
    assert " each on 2 workers, range of 3 searches." in search(640, 50).sentence(1.0, 2)
    assert " each on 1 worker, range of 3 searches." in search(640, 50).sentence(1.0, 1)
    assert search(0, 50).sentence(1.0).startswith("No load held")
    bound = search(640, 50, Outcome.GENERATOR_LIMIT)
    assert bound.is_lower_bound
    assert "the generator is the limit: it used" in bound.sentence(1.0)
    assert search(MOST, 50).sentence(2.0).startswith("At least 20,000 connections at 2 messages")


def test_what_gives_way_first_is_what_was_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers with a limit on purpose: of connections, and of messages a second."""
    monkeypatch.setattr(limit, "REPEATS", 1)
    monkeypatch.setattr(run, "LEAST_CUT", 0.1)
    monkeypatch.setattr(run, "DRAIN_SECONDS", 0.2)
    full = in_thread(asyncio.run, limit_of(crowded))
    assert full.highest == (6,)
    assert "failed: 1 refused with 503" in full.broken
    busy = in_thread(asyncio.run, limit_of(single_file))
    assert 1 <= min(busy.highest) <= max(busy.highest) <= 12
    assert busy.broken.startswith("round trip p95 over")


async def limit_of(server: Callable[[], Serving]) -> Capacity:
    """The limit that the search says a server has, at 20 messages a second and connection."""
    async with server() as port:

        async def trial(connections: int) -> LoadTestReport:
            plan = Plan(
                profile="light", scenario="echo", url=f"ws://127.0.0.1:{port}/", rate=20.0,
                connections=connections, message_bytes=20, ramp_up=0.05, steady=0.35, ramp_down=0.0,
            )  # fmt: skip
            options = Options(plan=plan, thresholds=Thresholds(max_p95_ms=100))
            return await command.measured(options, lambda _: None, lambda _: None)

        return await Search(trial, 100).run(5)


@asynccontextmanager
async def crowded() -> AsyncIterator[int]:
    """The port of a server that refuses the seventh connection."""
    current: set[ServerConnection] = set()

    def admit(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(503, "full") if len(current) >= 6 else None

    async def echo(connection: ServerConnection) -> None:
        current.add(connection)
        async for message in connection:
            await connection.send(message)
        current.discard(connection)

    async with serve(echo, "127.0.0.1", 0, process_request=admit) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def single_file() -> AsyncIterator[int]:
    """The port of a server that takes 10 ms for each message, one after the other."""
    turn = asyncio.Lock()

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            async with turn:
                await asyncio.sleep(0.01)
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
