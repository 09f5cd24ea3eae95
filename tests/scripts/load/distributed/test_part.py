"""The part of one process, in threads, against a real server."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from itertools import count
from threading import Thread

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from scripts.load.clients import timetable
from scripts.load.clients.tally import Tally
from scripts.load.distributed import session as sessions
from scripts.load.distributed.part import NotOpened, Part
from scripts.load.distributed.work import decoded, encoded
from scripts.load.options import Options
from scripts.load.replay.visits import Visits
from scripts.load.scenarios.make import make
from tests.support.load_runs.blocking_sockets import BlockingSocket
from tests.support.short_runs import CONNECTIONS, changed, options

RATES = np.full(24, 20.0)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "DRAIN_SECONDS", 0.3)
    monkeypatch.setattr(timetable, "FIRST_BACK_OFF", 0.1)


@contextmanager
def server(refused: range = range(0)) -> Iterator[int]:
    """Echoes; refuses those handshakes."""
    handshakes = count()

    def admit(connection: ServerConnection, _: Request) -> Response | None:
        return connection.respond(503, "full") if next(handshakes) in refused else None

    def echo(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            for message in connection:
                connection.send(message)

    with serve(echo, "127.0.0.1", 0, process_request=admit) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running.socket.getsockname()[1]
        running.shutdown()
        thread.join()


def counted(test: Options) -> Tally:
    """What the only process of a test counts."""
    work, tally = decoded(encoded(test, ["only"])), Tally()

    stack = ExitStack()

    def opened() -> BlockingSocket:
        try:
            return BlockingSocket(stack.enter_context(connect(test.plan.url)))
        except InvalidStatus as fault:
            raise NotOpened(str(fault.response.status_code)) from None

    part = Part(work, tally, make(work.plan, tally), opened)
    threads = [Thread(target=part.take, args=[seat]) for seat in work.seats_of("only")]
    with stack:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return tally


def test_a_storm_cuts_all_and_all_come_back() -> None:
    with server() as port:
        tally = counted(changed(options(port, "storm"), ramp_up=0.6, steady=1.5))
    assert (tally.stormed, tally.back) == (CONNECTIONS, CONNECTIONS)
    assert tally.recovery
    assert tally.connected == tally.attempted == 2 * CONNECTIONS
    assert tally.closed == {"1006/nobody": CONNECTIONS, "1000/client": CONNECTIONS}
    assert (tally.open, tally.lost, tally.dropped) == (0, 0, {})


def test_who_is_refused_after_a_storm_tries_until_the_end() -> None:
    with server(refused=range(CONNECTIONS, 10_000)) as port:
        tally = counted(changed(options(port, "storm"), ramp_up=0.6, steady=1.5))
    assert (tally.stormed, tally.back, tally.recovery) == (CONNECTIONS, 0, None)
    assert tally.failed["503"] >= CONNECTIONS


def test_a_replay_opens_and_closes_as_its_visits_say() -> None:
    visits = Visits(
        initial=np.array([0.2, 1.0]), arrivals=np.array([0.1, 0.3, 0.5]),
        lengths=np.array([0.2, 0.2, 0.2]), rates=RATES, seconds=0.6,
    )  # fmt: skip
    with server() as port:
        tally = counted(replace(changed(options(port), scenario="replay"), visits=visits))
    assert tally.connected == tally.attempted == 5
    assert tally.closed == {"1000/client": 5}
    assert tally.sent == tally.received + tally.cut > 10
    assert (tally.open, tally.lost) == (0, 0)
