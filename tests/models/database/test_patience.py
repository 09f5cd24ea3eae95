"""A request waits for the store for a time in all, and not while the store answers nobody."""

import time
from collections.abc import Iterator

import gevent
import pytest
from psycopg2 import extensions
from sqlalchemy import text

from models.database import gevent_wait, patience
from models.database.engine import Database, DatabaseAway
from models.database.patience import Patience, bounded
from models.database.pulse import Pulse

NOWHERE = Database("postgresql+psycopg2://nobody@/nothing?host=/nowhere")


@pytest.fixture
def pages(database_url: str) -> Iterator[Database]:
    """A pool as pages have it, in a process that waits cooperatively."""
    gevent_wait.install()
    pool = Database(database_url)
    yield pool
    pool.dispose()
    extensions.set_wait_callback(None)


def sleep(pool: Database, seconds: float) -> None:
    with pool.transaction() as connection:
        connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})


def test_statements_of_a_request_share_its_patience(pages: Database) -> None:
    pages.ping()
    of_request = Patience(0.2, lambda: False)
    with bounded(of_request):
        sleep(pages, 0.05)
        assert 0 < of_request.left < 0.15
        with pytest.raises(DatabaseAway, match=r"more than 0\.2 s for this request"):
            sleep(pages, 30)
        with pytest.raises(DatabaseAway, match="for this request"):
            sleep(pages, 0)
    sleep(pages, 0)


def test_no_request_waits_for_a_store_that_answers_nobody(pages: Database) -> None:
    pages.ping()
    is_silent: list[int] = []
    gevent.spawn_later(0.05, is_silent.append, 1)
    with bounded(Patience(20, lambda: bool(is_silent))):
        with pytest.raises(DatabaseAway, match="answers nobody"):
            sleep(pages, 30)
        with pytest.raises(DatabaseAway, match="answers nobody"), pages.transaction():
            pytest.fail("no connection is opened")


def test_only_the_greenlet_of_a_request_has_its_patience() -> None:
    of_request = Patience(1, lambda: False)
    with bounded(of_request):
        assert patience.current() is of_request
        assert gevent.spawn(patience.current).get() is None
        with bounded(None):
            assert patience.current() is None
        assert patience.current() is of_request
    assert patience.current() is None


def test_the_pulse_fails_with_the_store_and_comes_back(pages: Database) -> None:
    pulse, lost = Pulse(pages), Pulse(NOWHERE)
    pulse.beat()
    lost.beat()
    assert (pulse.is_silent(), lost.is_silent()) == (False, True)
    lost._database = pages
    lost.beat()
    assert not lost.is_silent()


def test_what_arrived_while_the_process_was_busy_is_read(
    pages: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gevent_wait, "TURN_SECONDS", 0.02)
    pages.ping()
    with pages.transaction() as connection, bounded(Patience(0.05, lambda: False)):
        gevent.spawn(_block, 0.2)
        assert connection.execute(text("SELECT 7")).scalar_one() == 7


def _block(seconds: float) -> None:
    """Hold up the process, as a large answer does that is encoded."""
    gevent.sleep(0)
    time.sleep(seconds)
