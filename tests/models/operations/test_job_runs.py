"""Runs of jobs: a slot is run once, by the holder of the lease, and the newest runs are kept."""

from datetime import timedelta

import pytest

from models.database.engine import Database
from models.database.leases import Lease, LeaseLost, Leases
from models.operations.job_runs import LONGEST_DETAIL, JobRun, JobRuns
from tests.support.clock import NOON
from tests.support.store.postgres import rows

MINUTE = timedelta(minutes=1)
LATEST = NOON + timedelta(days=1)


def taken(database: Database) -> Lease:
    lease = Leases(database).take("jobs", "test", 600)
    assert lease is not None
    return lease


def run(database: Database, job: str, outcome: str, minutes: int = 0) -> None:
    at = NOON + minutes * MINUTE
    run_id = JobRuns(database).start(job, at, at, taken(database), LATEST)
    assert run_id is not None
    JobRuns(database).finish(run_id, outcome, f"{job} {minutes}", at)


def test_a_slot_is_claimed_once_by_each_job(database: Database) -> None:
    runs, lease = JobRuns(database), taken(database)
    run(database, "digest", "done")
    assert runs.start("digest", NOON + MINUTE, NOON, lease, LATEST) is None
    assert runs.start("digest", NOON + MINUTE, NOON + MINUTE, lease, LATEST) is not None
    assert runs.start("rollup", NOON, NOON, lease, LATEST) is not None


def test_a_run_that_did_not_end_failed_and_its_slot_is_free(database: Database) -> None:
    runs, lease = JobRuns(database), taken(database)
    assert runs.start("digest", NOON, NOON, lease, LATEST) is not None
    assert runs.latest()[0].outcome is None
    second = runs.start("digest", NOON + MINUTE, NOON, lease, LATEST)
    assert second is not None
    runs.finish(second, "failed", "a lock", NOON + MINUTE, frees_slot=True)
    assert runs.start("digest", NOON + 2 * MINUTE, NOON, lease, LATEST) is not None
    recorded = rows(database, "SELECT outcome, left(detail, 7) FROM job_runs ORDER BY id")
    assert recorded == [("failed", "cut off"), ("failed", "a lock"), (None, None)]


def test_a_former_leader_starts_nothing(database: Database) -> None:
    with pytest.raises(LeaseLost):
        JobRuns(database).start(
            "digest", NOON, NOON, Lease("jobs", taken(database).token - 1), LATEST
        )
    assert rows(database, "SELECT count(*) FROM job_runs") == [(0,)]


def test_an_interrupted_run_has_no_outcome(database: Database) -> None:
    runs = JobRuns(database)
    runs.start("digest", NOON, NOON, taken(database), LATEST)
    assert runs.latest() == [JobRun("digest", NOON, None, None, None)]


def test_the_newest_run_of_each_job_is_listed_by_name(database: Database) -> None:
    for job, outcome, minutes in (("b", "failed", 0), ("a", "done", 1), ("b", "done", 2)):
        run(database, job, outcome, minutes)
    latest = JobRuns(database).latest()
    assert [(r.job, r.outcome, r.detail) for r in latest] == [
        ("a", "done", "a 1"),
        ("b", "done", "b 2"),
    ]


def test_a_long_detail_is_cut(database: Database) -> None:
    runs = JobRuns(database)
    run_id = runs.start("digest", NOON, NOON, taken(database), LATEST)
    assert run_id is not None
    runs.finish(run_id, "failed", "é" * (LONGEST_DETAIL + 5), NOON)
    assert runs.latest()[0].detail == "é" * LONGEST_DETAIL


def test_failures_are_remembered_longer_and_the_newest_run_always(database: Database) -> None:
    for minutes, outcome in enumerate(("failed", "done", "failed", "done", "done")):
        run(database, "a", outcome, minutes)
    run(database, "b", "done", 0)
    forgotten = JobRuns(database).forget(NOON + MINUTE, NOON + 9 * MINUTE)
    assert forgotten == 3
    assert rows(database, "SELECT detail FROM job_runs ORDER BY id") == [
        ("a 2",),
        ("a 4",),
        ("b 0",),
    ]
