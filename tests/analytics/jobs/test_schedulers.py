"""Several scheduler processes on one store: a single leader, and each slot is run once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from analytics.jobs.runner import LEASE_SECONDS
from analytics.jobs.timetable import TIMETABLE
from models.database import migrate
from models.database.engine import Database
from settings import CHECKOUT
from tests.support.faults.preloaded_clock import PreloadedClock, preloaded_clock
from tests.support.store.postgres import new_database, rows

PATIENCE_SECONDS = 3 * LEASE_SECONDS
START_SECONDS = 240.0  # of a process on a busy machine
FOLLOWED_SECONDS = 15.0  # an interval of the alerts
FREQUENT_SECONDS = 60  # jobs of this interval or a shorter one
Process = subprocess.Popen[bytes]


@pytest.fixture
def store(embedded_url: str) -> Iterator[Database]:
    """A database of its own."""
    url = new_database(embedded_url, "schedulers")
    migrate.upgrade(url)
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def start(store: Database, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts schedulers on the store; they are killed at the end."""
    started: list[Process] = []

    def begin(**clock: str) -> Process:
        environment = {**os.environ, "DATABASE_URL": store.url, "DATA_DIR": str(tmp_path), **clock}
        command = [sys.executable, "-m", "scripts.scheduler"]
        started.append(subprocess.Popen(command, cwd=CHECKOUT, env=environment))
        return started[-1]

    yield begin
    for process in started:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[PreloadedClock]:
    """The clock of schedulers that are started with it."""
    with preloaded_clock(tmp_path) as clock:
        yield clock


def leader(store: Database) -> str:
    """The current leader: `host:pid:` and what is random."""
    holders = rows(store, "SELECT holder FROM leases WHERE expires_at > now()")
    return str(holders[0][0]) if holders else ""


def wait_for(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Poll until the condition holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.2)


def has_connected(process: Process) -> bool:
    """Whether it has started: its first socket is its connection to the store."""
    with suppress(FileNotFoundError):  # a file that it has closed meanwhile
        files = Path(f"/proc/{process.pid}/fd").iterdir()
        return any("socket:" in str(file.readlink()) for file in files)
    return False


def leads(store: Database, process: Process) -> Callable[[], bool]:
    return lambda: f":{process.pid}:" in leader(store)


def runs_since(store: Database, run_id: int) -> int:
    query = f"SELECT count(*) FROM job_runs WHERE id > {run_id} AND outcome = 'done'"
    return int(str(rows(store, query)[0][0]))


def newest_run(store: Database) -> int:
    return int(str(rows(store, "SELECT coalesce(max(id), 0) FROM job_runs")[0][0]))


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_killed_and_frozen_leaders_are_followed_and_each_slot_runs_once(
    store: Database, start: Callable[..., Process]
) -> None:
    first = start()
    wait_for(leads(store, first), START_SECONDS)
    second = start()
    wait_for(lambda: has_connected(second) and runs_since(store, 0) >= 3, START_SECONDS)
    first.kill()
    wait_for(leads(store, second), FOLLOWED_SECONDS)
    third = start()
    wait_for(lambda: has_connected(third), START_SECONDS)
    second.send_signal(signal.SIGSTOP)
    wait_for(leads(store, third))
    last_run = newest_run(store)
    wait_for(lambda: runs_since(store, last_run) >= 3)
    second.send_signal(signal.SIGCONT)
    last_run = newest_run(store)
    wait_for(lambda: runs_since(store, last_run) >= 3)
    assert leads(store, third)()
    assert_each_slot_ran_once(store)
    assert rows(store, "SELECT * FROM leases WHERE token <> 3") == []


def assert_each_slot_ran_once(store: Database) -> None:
    """Runs that were cut off have given their slot back."""
    query = "SELECT count(*) FROM job_runs WHERE slot IS NOT NULL GROUP BY job, slot"
    assert {row[0] for row in rows(store, query)} == {1}


def all_since(store: Database, run_id: int, jobs: set[str]) -> Callable[[], bool]:
    query = f"SELECT DISTINCT job FROM job_runs WHERE id > {run_id} AND outcome = 'done'"
    return lambda: jobs <= {str(row[0]) for row in rows(store, query)}


def hours_ahead(store: Database, run_id: int) -> int:
    """How far the newest run is ahead of the clock of the database."""
    query = (
        "SELECT extract(epoch FROM max(started_at) - now()) / 3600 FROM job_runs "
        f"WHERE id > {run_id}"
    )
    return round(float(str(rows(store, query)[0][0])))


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_every_job_runs_again_within_its_interval_after_a_clock_was_set(
    store: Database, start: Callable[..., Process], clock: PreloadedClock
) -> None:
    process = start(**clock.environment)
    wait_for(leads(store, process), START_SECONDS)
    every = {name for name, seconds in TIMETABLE if seconds <= FREQUENT_SECONDS}
    wait_for(all_since(store, 0, every), 2 * FREQUENT_SECONDS)
    for offset in ("+5h", "-7h", "+0"):
        last_run = newest_run(store)
        clock.set(offset)
        wait_for(all_since(store, last_run, every), 2 * FREQUENT_SECONDS)
        assert leads(store, process)()
        assert_each_slot_ran_once(store)
        assert hours_ahead(store, last_run) == int(offset.strip("h"))
