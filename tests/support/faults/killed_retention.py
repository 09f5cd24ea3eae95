"""Retention, and restoring a day, in processes that are killed entering or leaving a function.

Reads a line for each run: the day to restore or `-` for retention, then the name of a function, the
number of a call, or `0` for none. Writes the signal that ended the run, 0 when it was complete,
`FAILED` after an exception. Runs are forks, so each starts at once.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import FrameType

from analytics.archive import archive, day_file
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import Leases
from models.raw import day_rows, restored_days
from settings import Settings
from tests.support.clock import NOON

STEPS = frozenset(str(module.__file__) for module in (archive, partitions, retention))
NAMED = STEPS | {str(module.__file__) for module in (day_file, day_rows, restored_days)}
FAILED = 100


def main(url: str, folder: Path) -> None:
    """Run for each line of the standard input."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            day, killed_at = line.strip().split(" ", 1)
            work = (
                partial(retain, url, folder)
                if day == "-"
                else partial(bring_back, url, folder, day)
            )
            os._exit(run(work, killed_at))
        _, status = os.waitpid(pid, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


def retain(url: str, folder: Path) -> None:
    """One run of retention."""
    database = Database(url, statement_ms=60_000)
    lease = Leases(database).take(LEASE, "it is killed", 600)
    assert lease is not None
    settings = Settings(data_dir=folder, archive_dir=folder)
    retention.step(JobContext(database, settings, lambda: NOON, lease, archive.Archive(folder)))


def bring_back(url: str, folder: Path, day: str) -> None:
    """Restore one day."""
    database = Database(url, statement_ms=60_000)
    archive.Archive(folder).restore(database, date.fromisoformat(day), lambda _: None)


def run(work: Callable[[], None], killed_at: str) -> int:
    """One run; 0, or `FAILED` after an exception."""
    calls = 0

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        if killed_at != "0" and frame.f_code.co_filename in NAMED and event in ("call", "return"):
            calls += event == "call" and frame.f_code.co_filename in STEPS
            if killed_at in (str(calls), f"{event} {frame.f_code.co_name}"):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)
    try:
        work()
    except Exception as fault:  # noqa: BLE001 - told by the status
        print(repr(fault), file=sys.stderr)
        return FAILED
    finally:
        sys.setprofile(None)
    return 0


def day_number(number: int) -> timedelta:
    """How long before noon the rows of a run are, one day after another beyond the retention."""
    return timedelta(days=40 + number)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
