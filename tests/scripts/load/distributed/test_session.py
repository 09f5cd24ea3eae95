"""Sessions in threads against a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from time import perf_counter

import pytest
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from scripts.load.clients.tally import Tally
from scripts.load.distributed import session as sessions
from scripts.load.distributed.session import Session
from scripts.load.scenarios.echo import Echo
from tests.support.load_runs.blocking_sockets import BlockingSocket


@contextmanager
def server(most: int) -> Iterator[str]:
    """Echoes at most so many messages of each connection, then closes it with 4002."""

    def echo(connection: ServerConnection) -> None:
        for number, message in enumerate(connection):
            if number == most:
                connection.close(4002)
            connection.send(message)

    with serve(echo, "127.0.0.1", 0) as running:
        thread = Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{running.socket.getsockname()[1]}"
        running.shutdown()
        thread.join()


def tally_of(url: str, connections: int = 3) -> Tally:
    """What sessions count in a third of a second at 30 messages a second."""
    tally = Tally()
    echo = Echo(tally, 20)
    all_are_connected = Barrier(connections)

    def run(number: int) -> None:
        with connect(url) as connection:
            all_are_connected.wait()
            session = Session(number, echo, tally, BlockingSocket(connection), 1.0)
            session.run(perf_counter(), lambda _: 1 / 30, perf_counter() + 0.35)
            session.stop()

    threads = [Thread(target=run, args=[number]) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "DRAIN_SECONDS", 0.2)


def test_every_message_comes_back_and_connections_close_in_order() -> None:
    with server(1000) as url:
        tally = tally_of(url)
    assert tally.received == tally.sent == tally.offered > 10
    assert len(tally.round_trips) == tally.received
    assert tally.closed == {"1000/client": 3}
    assert (tally.open, tally.connected, tally.most_open) == (0, 3, 3)


def test_a_server_that_closes_first_drops_its_clients() -> None:
    with server(3) as url:
        tally = tally_of(url)
    assert tally.dropped == {"4002/server": 3}
    assert tally.received == 9
    assert tally.lost > 0
