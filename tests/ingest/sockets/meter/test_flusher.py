"""The samples of a worker reach the store once, also those of an outage, and none is made up."""

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from ingest.sockets.meter import flusher
from ingest.sockets.meter.flusher import Flusher, Metering
from ingest.sockets.meter.meter import Meter
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows

PERIODS = "SELECT period_start, period_end, opened FROM server_samples WHERE app = 'portal'"
SECOND = timedelta(seconds=1)


@pytest.fixture
def meter() -> Meter:
    return Meter("a secret of the tests")


class Outage:
    """The database behind a path of its own, which is there only from `end` on."""

    def __init__(self, url: str, folder: Path) -> None:
        self._folder, self._path = make_url(url).query["host"], folder / "sockets"
        missing = make_url(url).update_query_dict({"host": str(self._path)})
        self.store = ServerSamples(Database(missing.render_as_string(hide_password=False)))

    def end(self) -> None:
        """Now the database answers."""
        self._path.symlink_to(str(self._folder))


@pytest.fixture
def outage(database: Database, tmp_path: Path) -> Outage:
    return Outage(database.url, tmp_path)


def test_a_sample_covers_the_time_since_the_last(
    database: Database, clock: Clock, meter: Meter
) -> None:
    worker = Flusher(meter, ServerSamples(database), clock)
    meter.tally("portal").open(None)
    for seconds in (5, 7):
        clock.advance(seconds=seconds)
        worker.flush()
    assert sorted(rows(database, PERIODS)) == [
        (NOON, NOON + 5 * SECOND, 1), (NOON + 5 * SECOND, NOON + 12 * SECOND, 0),
    ]  # fmt: skip
    assert worker.pending == 0


def test_no_time_makes_no_sample(database: Database, clock: Clock, meter: Meter) -> None:
    worker = Flusher(meter, ServerSamples(database), clock)
    meter.tally("portal").open(None)
    worker.flush()
    clock.advance(seconds=-3)  # the system's clock was set back
    worker.flush()
    assert rows(database, PERIODS) == []
    clock.advance(seconds=5)
    worker.flush()
    assert [opened for _, _, opened in rows(database, PERIODS)] == [1]


def test_samples_of_an_outage_are_stored_after_it(
    database: Database, clock: Clock, meter: Meter, outage: Outage
) -> None:
    worker = Flusher(meter, outage.store, clock)
    for _ in range(3):
        meter.tally("portal").open(None)
        clock.advance(seconds=5)
        worker.flush()
    assert worker.pending == 6  # of the process and of the app
    outage.end()
    for _ in range(2):
        worker.flush()
    assert [opened for _, _, opened in rows(database, PERIODS)] == [1, 1, 1]
    assert worker.pending == 0


def test_an_outage_too_long_loses_the_oldest_samples(
    database: Database, clock: Clock, meter: Meter, outage: Outage,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(flusher, "MOST_PENDING", 4)
    worker = Flusher(meter, outage.store, clock)
    for _ in range(4):
        meter.tally("portal").open(None)
        clock.advance(seconds=5)
        worker.flush()
    outage.end()
    worker.flush()
    ends = {end for _, end, _ in rows(database, PERIODS)}
    assert ends == {NOON + 15 * SECOND, NOON + 20 * SECOND}
    assert "the oldest samples are dropped" in caplog.text


def test_what_the_store_refuses_does_not_stop_what_follows(
    database: Database, clock: Clock, meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    worker = Flusher(meter, ServerSamples(database), clock)
    meter.tally("a\0b").open(None)
    clock.advance(seconds=5)
    worker.flush()
    assert ("are no rows" in caplog.text, worker.pending) == (True, 0)
    meter.tally("a\0b").close(1000, "client", 1.0, None)
    clock.advance(seconds=5)
    worker.flush()
    assert rows(database, "SELECT app FROM server_samples") == []


def test_batches_are_stored_without_losing_any(
    database: Database, clock: Clock, meter: Meter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flusher, "BATCH", 2)
    worker = Flusher(meter, ServerSamples(database), clock)
    for number in range(6):
        meter.tally(f"app {number}").open(None)
    clock.advance(seconds=5)
    worker.flush()
    assert rows(database, "SELECT count(*), count(app) FROM server_samples") == [(7, 6)]


def test_a_worker_is_registered_until_it_finishes(
    database: Database, clock: Clock, meter: Meter
) -> None:
    worker = Flusher(meter, ServerSamples(database), clock)
    worker.flush()
    registered = "SELECT instance, pid FROM server_workers"
    assert rows(database, registered) == [(worker.worker.instance, os.getpid())]
    clock.advance(seconds=1)
    worker.finish()
    assert rows(database, registered) == []
    assert rows(database, "SELECT count(*) FROM server_samples") == [(1,)]


def test_two_workers_of_a_process_are_distinct(
    database: Database, clock: Clock, meter: Meter
) -> None:
    make: Callable[[], Flusher] = lambda: Flusher(meter, ServerSamples(database), clock)  # noqa: E731
    assert make().worker.instance != make().worker.instance


def test_before_its_start_there_is_nothing_to_finish(
    database: Database, clock: Clock, meter: Meter
) -> None:
    metering = Metering(meter, ServerSamples(database), clock)
    metering.finish()
    assert (metering.pending, rows(database, "SELECT * FROM server_samples")) == (0, [])
