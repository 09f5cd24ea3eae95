"""The clock of a whole machine jumps: suspended and resumed, set forward, set back, a snapshot.

All processes preload the same clock. Asserted is that each frequent job runs again soon at the time
it then is, each slot once, and that health and *Storage & jobs* say what is ahead.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from analytics.jobs.timetable import TIMETABLE
from models.database.engine import Database
from scripts import first_start
from settings import CHECKOUT, Settings
from tests.support.compressed.installation import store_under
from tests.support.faults.preloaded_clock import PreloadedClock, preloaded_clock
from tests.support.servers.api_client import new_token
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    descendants,
    open_folder,
)
from tests.support.store.postgres import rows

FREQUENT_SECONDS, PATIENCE_SECONDS = 60, 240
FREQUENT = {name for name, seconds in TIMETABLE if seconds <= FREQUENT_SECONDS}
SUSPENDED_SECONDS = 15  # longer than a lease, in which nobody runs


@dataclass
class Machine:
    """All processes of an installation, and their clock."""

    clock: PreloadedClock
    store: Database
    server: RunningServer
    pids: Callable[[], set[int]]

    def suspend(self, seconds: float, wakes_at: str) -> None:
        """Freeze every process, and let the clock be another when they go on."""
        frozen = self.pids()
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        self.clock.set(wakes_at)
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)

    def newest_run(self) -> int:
        return int(str(rows(self.store, "SELECT coalesce(max(id), 0) FROM job_runs")[0][0]))

    def await_all_jobs(self, after: int) -> None:
        """Until every frequent job was done in a run after that."""
        query = f"SELECT DISTINCT job FROM job_runs WHERE id > {after} AND outcome = 'done'"
        wait_for(lambda: {str(row[0]) for row in rows(self.store, query)} >= FREQUENT)

    def scheduler_check(self) -> dict[str, str]:
        """What health says of the scheduler."""
        headers = {"Authorization": f"Bearer {new_token(self.store, 'admin')}"}
        answer = requests.get(f"{self.server.url}/api/ws/health", headers=headers, timeout=10)
        check: dict[str, str] = answer.json()["checks"]["scheduler"]
        return check


def wait_for(condition: Callable[[], bool]) -> None:
    """Poll until the condition holds."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.5)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with ExitStack() as stack:
        clock = stack.enter_context(preloaded_clock(stack.enter_context(open_folder())))
        folder = stack.enter_context(open_folder())
        postmaster, url = stack.enter_context(store_under(clock, folder / "data"))
        settings = Settings(data_dir=tmp_path, database_url=url, admin_email=ADMIN_EMAIL,
                            admin_password=ADMIN_PASSWORD)  # fmt: skip
        first_start.prepare(settings, lambda _: None)
        store = Database(url)
        stack.callback(store.dispose)
        server = RunningServer(url, tmp_path, environment=clock.environment)
        stack.callback(server.stop)
        server.start()
        scheduler = subprocess.Popen(
            [sys.executable, "-m", "scripts.scheduler"], cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path), **clock.environment},
        )  # fmt: skip
        stack.callback(scheduler.wait)
        stack.callback(scheduler.kill)

        def pids() -> set[int]:
            assert postmaster.pid is not None
            roots = {postmaster.pid, server.master_pid, scheduler.pid}
            return roots.union(*(descendants(pid) for pid in roots))

        yield Machine(clock, store, server, pids)


@pytest.mark.deep
@pytest.mark.timeout(2400)
def test_a_machine_that_wakes_at_another_time_goes_on(machine: Machine) -> None:
    machine.await_all_jobs(0)
    for seconds, wakes_at in ((SUSPENDED_SECONDS, "+9h"), (1, "+2h"), (1, "+26h"), (1, "+26h")):
        before = machine.newest_run()
        machine.suspend(seconds, wakes_at)
        machine.await_all_jobs(before)
        slots = "SELECT count(*) FROM job_runs WHERE slot IS NOT NULL GROUP BY job, slot"
        assert {row[0] for row in rows(machine.store, slots)} == {1}
        late = (
            f"SELECT extract(epoch FROM now() - max(started_at)) FROM job_runs WHERE id > {before}"
        )
        assert abs(float(str(rows(machine.store, late)[0][0]))) < FREQUENT_SECONDS
        wait_for(lambda: machine.scheduler_check()["status"] == "ok")


@pytest.mark.deep
@pytest.mark.timeout(2400)
def test_a_clock_set_back_is_said_by_health_and_storage_until_jobs_run(machine: Machine) -> None:
    machine.await_all_jobs(0)
    (scheduler,) = (pid for pid in machine.pids() if is_scheduler(pid))
    os.kill(scheduler, signal.SIGSTOP)
    machine.clock.set("-5h")
    wait_for(lambda: "ahead: a clock was set" in machine.scheduler_check().get("detail", ""))
    os.kill(scheduler, signal.SIGCONT)
    wait_for(lambda: machine.scheduler_check()["status"] == "ok")


def is_scheduler(pid: int) -> bool:
    return b"scripts.scheduler" in Path(f"/proc/{pid}/cmdline").read_bytes()
