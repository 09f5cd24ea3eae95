"""Until when metrics were sent: by the last run that sent any, or since the first that failed."""

from datetime import timedelta

from models.database.engine import Database
from models.database.leases import Lease, Leases
from models.operations import otlp_exports
from models.operations.job_runs import JobRuns
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)
LATE = 2 * MINUTE


def a_run(database: Database, lease: Lease, minute: int, outcome: str, detail: str) -> None:
    runs, at = JobRuns(database), NOON + minute * MINUTE
    run_id = runs.start(otlp_exports.JOB, at, at, lease, at + MINUTE)
    assert run_id is not None
    runs.finish(run_id, outcome, detail, at)


def test_the_last_run_that_sent_any_counts_and_none_that_did_not(database: Database) -> None:
    lease = Leases(database).take("scheduler", "test", 60)
    assert lease is not None
    assert otlp_exports.pending_from(database, NOON, LATE) == NOON
    a_run(database, lease, 0, "done", "no receiver is set")
    assert otlp_exports.pending_from(database, NOON, LATE) == NOON
    a_run(database, lease, 10, "failed", "NotExported: away")
    a_run(database, lease, 11, "failed", "NotExported: away")
    assert otlp_exports.pending_from(database, NOON, LATE) == NOON + 8 * MINUTE
    sent = otlp_exports.until(NOON + 9 * MINUTE)
    a_run(database, lease, 12, "done", f"1 minute, 5 points, {sent}")
    a_run(database, lease, 13, "failed", "NotExported: away")
    a_run(database, lease, 14, "done", "no new minute")
    assert otlp_exports.pending_from(database, NOON, LATE) == NOON + 9 * MINUTE
