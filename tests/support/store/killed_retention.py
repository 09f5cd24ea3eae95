"""Retention in processes that are killed where they enter or leave a function of it.

Reads a line for each run: the name of a function, the number of a call, or `0` for none; writes the
signal that ended the run, 0 when it was complete, `FAILED` after an exception. Runs are forks, so
each starts at once.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from types import FrameType

from analytics.archive import archive, day_file
from analytics.jobs import retention
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import Leases
from settings import Settings
from tests.support.clock import NOON

STEPS = frozenset(str(module.__file__) for module in (archive, partitions, retention))
NAMED = STEPS | {str(day_file.__file__)}
FAILED = 100


def main(url: str, folder: Path) -> None:
    """Run for each line of the standard input."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(run(url, folder, line.strip()))
        _, status = os.waitpid(pid, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


def run(url: str, folder: Path, killed_at: str) -> int:
    """One run; 0, or `FAILED` after an exception."""
    database = Database(url, statement_ms=60_000)
    lease = Leases(database).take(LEASE, "it is killed", 600)
    assert lease is not None
    settings = Settings(data_dir=folder, archive_dir=folder)
    context = JobContext(database, settings, lambda: NOON, lease, archive.Archive(folder))
    calls = 0

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        if killed_at != "0" and frame.f_code.co_filename in NAMED and event in ("call", "return"):
            calls += event == "call" and frame.f_code.co_filename in STEPS
            if killed_at in (str(calls), f"{event} {frame.f_code.co_name}"):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(profile)
    try:
        retention.step(context)
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
