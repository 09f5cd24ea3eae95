"""The job runner: a single leader, each slot once, no writes after the lease is lost."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from analytics.jobs import retention
from analytics.jobs.job import Job, JobContext
from analytics.jobs.runner import LEASE, LEASE_SECONDS, RENEWAL_SECONDS, Runner
from analytics.jobs.schedule import SCHEDULE
from models.database.engine import Database, DatabaseAway
from models.database.leases import Lease, LeaseLost, Leases
from models.operations.job_runs import JobRuns
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    return JobContext(database, Settings(data_dir=tmp_path), clock, lease)


def a_runner(database: Database, clock: Clock, tmp_path: Path, holder: str, job: Job) -> Runner:
    settings = Settings(data_dir=tmp_path)
    runner = Runner(database, settings, clock, schedule=(job,), holder=holder)
    runner.renew()
    return runner


def expire(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE leases SET expires_at = now() - interval '1 s'"))


def test_only_a_single_scheduler_leads(database: Database) -> None:
    leases = Leases(database)
    assert leases.take(LEASE, "a", 60) == Lease(LEASE, 1)
    assert leases.take(LEASE, "b", 60) is None
    assert leases.take(LEASE, "a", 60) == Lease(LEASE, 1)


def test_processes_of_the_same_name_and_id_do_not_lead_together(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("sweep", 15, lambda _: "swept")
    former, latter = (
        Runner(database, Settings(data_dir=tmp_path), clock, schedule=(job,)) for _ in range(2)
    )
    former.renew()
    latter.renew()
    assert (latter.run(job), former.run(job)) == (None, "done")


def test_a_lease_that_ended_passes_on_with_a_new_token(database: Database) -> None:
    leases = Leases(database)
    leases.take(LEASE, "a", 60)
    expire(database)
    assert leases.take(LEASE, "b", 60) == Lease(LEASE, 2)


def test_a_released_lease_passes_on_at_once(database: Database) -> None:
    leases = Leases(database)
    leases.take(LEASE, "a", 60)
    leases.release(LEASE, "a")
    assert leases.take(LEASE, "b", 60) is not None


def test_an_expired_leader_may_not_write(database: Database) -> None:
    leases = Leases(database)
    old = leases.take(LEASE, "a", 60)
    expire(database)
    leases.take(LEASE, "b", 60)
    assert old is not None
    with pytest.raises(LeaseLost), database.transaction() as connection:
        old.confirm(connection)


def test_a_run_is_recorded_with_its_detail(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("sweep", 60, lambda _: "swept 3")
    assert a_runner(database, clock, tmp_path, "a", job).run(job) == "done"
    (run,) = JobRuns(database).latest()
    assert (run.job, run.outcome, run.detail, run.finished_at) == ("sweep", "done", "swept 3", NOON)


def test_a_failed_job_is_recorded_and_the_next_runs(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("sweep", 60, lambda _: str(1 // 0))
    runner = a_runner(database, clock, tmp_path, "a", job)
    assert runner.run(job) == "failed"
    assert JobRuns(database).latest()[0].detail == (
        "ZeroDivisionError: integer division or modulo by zero"
    )
    clock.advance(minutes=1)
    assert runner.run(Job("sweep", 60, lambda _: "fine")) == "done"


def test_a_slot_of_time_is_run_once_whoever_leads(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("sweep", 60, lambda _: "swept")
    first = a_runner(database, clock, tmp_path, "a", job)
    assert first.run(job) == "done"
    expire(database)
    second = a_runner(database, clock, tmp_path, "b", job)
    clock.advance(seconds=59)
    assert second.run(job) is None
    clock.advance(seconds=1)
    assert second.run(job) == "done"
    assert len(rows(database, "SELECT * FROM job_runs")) == 2


@pytest.mark.parametrize("hours", [-2, 2, -24])
def test_every_job_runs_again_within_an_interval_after_the_clock_was_set(
    database: Database, clock: Clock, tmp_path: Path, hours: int
) -> None:
    job = Job("sweep", 15, lambda _: "swept")
    runner = a_runner(database, clock, tmp_path, "a", job)
    for _ in range(20):
        assert runner.run(job) == "done"
        clock.advance(seconds=15)
    clock.advance(hours=hours, seconds=7)
    assert runner.run(job) == "done"
    assert JobRuns(database).latest()[0].started_at == clock()
    assert runner.run(job) is None


def test_a_clock_that_is_set_and_a_lead_that_is_taken_have_every_job_run_at_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics.jobs.runner.RENEWAL_SECONDS", 0.02)
    ran, clock = threading.Semaphore(0), Clock()

    def sweep(_: JobContext) -> str:
        ran.release()
        return "swept"

    job = Job("sweep", 3600, sweep)
    leases = Leases(database)
    leases.take(LEASE, "b", LEASE_SECONDS)
    runner = Runner(database, Settings(data_dir=tmp_path), clock, schedule=(job,), holder="a")
    runner.start()
    try:
        assert not ran.acquire(timeout=0.3)
        leases.release(LEASE, "b")
        assert ran.acquire(timeout=10)
        clock.advance(hours=-2)
        assert ran.acquire(timeout=10)
    finally:
        runner.stop()


def test_a_lease_from_before_the_clock_of_the_store_was_set_back_is_over(
    database: Database,
) -> None:
    leases = Leases(database)
    leases.take(LEASE, "a", 12)
    ahead = "UPDATE leases SET expires_at = expires_at + interval '2 hours'"
    with database.transaction() as connection:
        connection.execute(text(ahead))
    assert leases.take(LEASE, "b", 12) == Lease(LEASE, 2)


def test_the_next_leads_within_an_interval_of_the_alerts() -> None:
    alerts = next(job for job in SCHEDULE if job.name == "alerts")
    assert alerts.every_seconds > LEASE_SECONDS + RENEWAL_SECONDS


def test_who_does_not_lead_does_nothing(database: Database, clock: Clock, tmp_path: Path) -> None:
    job = Job("sweep", 60, lambda _: "swept")
    a_runner(database, clock, tmp_path, "a", job)
    assert a_runner(database, clock, tmp_path, "b", job).run(job) is None
    assert JobRuns(database).latest() == []


def test_a_job_of_the_start_runs_in_each_process(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("configuration", 600, lambda _: "tried", at_start=True)
    outcomes = []
    for _ in range(2):  # the second has other settings, a moment later
        runner = a_runner(database, clock, tmp_path, "a", job)
        outcomes += [runner.run(job), runner.run(job)]
    assert outcomes == ["done", None, "done", None]


def test_a_leader_whose_jobs_use_all_connections_goes_on_leading(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    few, job = Database(database.url, pool_size=1), Job("sweep", 60, lambda _: "swept")
    runner = Runner(
        few, Settings(data_dir=tmp_path), clock, schedule=(job,), leases=Leases(database)
    )
    with few.transaction():
        runner.renew()
    assert runner.run(job) == "done"
    few.dispose()


def test_a_thawed_leader_stops_at_its_first_write(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    job = Job("partitions ahead", 60, retention.partitions_ahead)
    frozen = a_runner(database, clock, tmp_path, "a", job)
    expire(database)
    a_runner(database, clock, tmp_path, "b", job)
    assert frozen.run(job) == "failed"
    assert frozen.run(job) is None


def test_the_runner_starts_and_stops(database: Database, clock: Clock, tmp_path: Path) -> None:
    runner = Runner(database, Settings(data_dir=tmp_path), clock, schedule=(), holder="a")
    runner.start()
    runner.stop()
    assert Leases(database).take(LEASE, "b", 60) is not None


def test_a_run_that_was_cut_off_begins_again_in_its_slot(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    calls: list[str] = []

    def step(_context: JobContext) -> str:
        calls.append("swept")
        if len(calls) == 1:
            raise SystemExit  # as a process that is killed, without a word
        if len(calls) == 2:
            raise DatabaseAway("it stopped")
        return "swept"

    job = Job("sweep", 3600, step)
    with pytest.raises(SystemExit):
        a_runner(database, clock, tmp_path, "a", job).run(job)
    expire(database)
    follower = a_runner(database, clock, tmp_path, "b", job)
    assert [follower.run(job) for _ in range(3)] == ["failed", "done", None]
    recorded = rows(
        database, "SELECT outcome, slot IS NULL, left(detail, 7) FROM job_runs ORDER BY id"
    )
    assert recorded == [
        ("failed", True, "cut off"), ("failed", True, "cut off"), ("done", False, "swept"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "outcomes"),
    [(3600, ["failed"] * 4 + [None]), (15, ["failed", None, None, None, None])],
)
def test_a_rare_job_that_failed_is_tried_again_some_times_in_its_slot(
    database: Database, clock: Clock, tmp_path: Path, seconds: int, outcomes: list[str | None]
) -> None:
    def step(_context: JobContext) -> str:
        raise ValueError("a lock was not to be had")

    job = Job("sweep", seconds, step)
    runner = a_runner(database, clock, tmp_path, "a", job)
    assert [runner.run(job) for _ in outcomes] == outcomes
