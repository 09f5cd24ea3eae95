"""Several scheduler processes on one store: a single leader, and each slot is run once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.jobs.runner import LEASE_SECONDS
from models.database import migrate
from models.database.engine import Database
from settings import CHECKOUT
from tests.support.store.postgres import new_database, rows

PATIENCE_SECONDS = 3 * LEASE_SECONDS
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
def start(store: Database, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Starts schedulers on the store; they are killed at the end."""
    started: list[Process] = []

    def begin() -> Process:
        environment = {**os.environ, "DATABASE_URL": store.url, "DATA_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "scripts.scheduler"]
        started.append(subprocess.Popen(command, cwd=CHECKOUT, env=environment))
        return started[-1]

    yield begin
    for process in started:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def leader(store: Database) -> str:
    """The current leader: `host:pid:` and what is random."""
    holders = rows(store, "SELECT holder FROM leases WHERE expires_at > now()")
    return str(holders[0][0]) if holders else ""


def wait_for(condition: Callable[[], bool]) -> None:
    """Poll until the condition holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.2)


def leads(store: Database, process: Process) -> Callable[[], bool]:
    return lambda: f":{process.pid}:" in leader(store)


def runs_since(store: Database, run_id: int) -> int:
    query = f"SELECT count(*) FROM job_runs WHERE id > {run_id} AND outcome = 'done'"
    return int(str(rows(store, query)[0][0]))


def newest_run(store: Database) -> int:
    return int(str(rows(store, "SELECT coalesce(max(id), 0) FROM job_runs")[0][0]))


@pytest.mark.deep
@pytest.mark.timeout(300)
def test_killed_and_frozen_leaders_are_followed_and_each_slot_runs_once(
    store: Database, start: Callable[[], Process]
) -> None:
    first = start()
    wait_for(leads(store, first))
    second = start()
    first.kill()
    wait_for(leads(store, second))
    third = start()
    second.send_signal(signal.SIGSTOP)
    wait_for(leads(store, third))
    last_run = newest_run(store)
    wait_for(lambda: runs_since(store, last_run) >= 3)
    second.send_signal(signal.SIGCONT)
    last_run = newest_run(store)
    wait_for(lambda: runs_since(store, last_run) >= 3)
    assert leads(store, third)()
    slots = rows(store, "SELECT job, slot, count(*) FROM job_runs GROUP BY 1, 2")
    assert {row[2] for row in slots} == {1}
    assert rows(store, "SELECT * FROM leases WHERE token <> 3") == []
