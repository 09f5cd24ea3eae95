"""The job runner: takes the lease or waits, runs each job on schedule and records its result.

The schedule is kept by the clock of the wall. So a thread that waits by the monotonic one renews
the lease, and has every job run at once after that clock was set, or this process took the lead.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import uuid4

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from models.database.engine import Database, DatabaseAway
from models.database.leases import Lease, LeaseLost, Leases
from models.operations.job_runs import JobRuns
from settings import Settings

from .job import Archive, Job, JobContext, NoArchive
from .schedule import SCHEDULE

LEASE = "scheduler"
LEASE_SECONDS = 12.0  # with the renewal less than the interval of the alerts
RENEWAL_SECONDS = 2.0
CLOCK_JUMP_SECONDS = 5.0  # more than a clock is slewed between two renewals
GRACE_SECONDS = 300
RETRY_SECONDS = 15.0  # after a run that failed, of a job whose interval is much longer
RETRIES = 3  # of a slot, each after four times as long
FREQUENT_SECONDS = 60  # jobs that run as often are tried again at their next slot
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
logger = logging.getLogger(__name__)


class Runner:
    """Runs the schedule in this process while it holds the lease; `holder` names the process.

    The lease is renewed through `leases`, so that jobs that use all connections of `database` do
    not lose the lead.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        now: Callable[[], datetime],
        *,
        schedule: Sequence[Job] = SCHEDULE,
        holder: str | None = None,
        archive: Archive | None = None,
        leases: Leases | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._now = now
        self._schedule = schedule
        self._archive = archive or NoArchive()
        # Containers of one host may have its name and the same process id.
        self._holder = holder or f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self._leases = leases or Leases(database)
        self._runs = JobRuns(database)
        self._lease: Lease | None = None
        self._to_begin = {job.name for job in schedule if job.at_start}
        self._failures: dict[str, int] = {}  # in a row, by job
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._keep_lease, name="lease", daemon=True)
        self._clock_offset = self._offset()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={
                "max_instances": 1,
                "coalesce": True,
                "misfire_grace_time": GRACE_SECONDS,
            },
        )

    def start(self) -> None:
        """Start: every job runs once soon, then at its interval."""
        self.renew()
        for job in self._schedule:
            self._scheduler.add_job(
                self.run, "interval", args=[job], seconds=job.every_seconds, id=job.name
            )
        self._run_all_soon()
        self._scheduler.add_listener(self._run_after_itself, EVENT_JOB_MAX_INSTANCES)
        self._scheduler.start()
        self._watch.start()

    def stop(self) -> None:
        """Wait for running jobs, then release the lease."""
        self._scheduler.shutdown(wait=True)
        self._ended.set()
        self._watch.join()
        if self._lease is not None:
            try:
                self._leases.release(LEASE, self._holder)
            except DatabaseAway:
                logger.info("the lease ends by itself: the database is away")

    def renew(self) -> None:
        """Take or renew the lease."""
        try:
            lease = self._leases.take(LEASE, self._holder, LEASE_SECONDS)
        except DatabaseAway as fault:
            logger.warning("cannot lead: the database is away (%s)", fault)
            lease = None
        if (lease is None) != (self._lease is None):
            logger.info("leading" if lease else "not leading any more")
        self._lease = lease

    def _keep_lease(self) -> None:
        while not self._ended.wait(RENEWAL_SECONDS):
            try:
                had_lease = self._lease is not None
                self.renew()
                if self._has_clock_jumped() or (self._lease is not None and not had_lease):
                    self._run_all_soon()
            except Exception:
                logger.exception("the lease cannot be renewed")

    def _run_all_soon(self) -> None:
        """Have every job run, one a second: a rush would starve the first."""
        now = datetime.now(UTC)
        for index, job in enumerate(self._schedule):
            self._scheduler.modify_job(job.name, next_run_time=now + timedelta(seconds=index))

    def _run_after_itself(self, event: JobSubmissionEvent) -> None:
        """Have a rare job that was due while it ran, as after a clock was set, run once more."""
        (job,) = (job for job in self._schedule if job.name == event.job_id)
        if job.every_seconds > FREQUENT_SECONDS:
            self._run_again(job, 1.0)

    def _seconds_to_retry(self, job: Job, outcome: str) -> float:
        """After how long to try a slot again; 0: at the next one."""
        failures = self._failures.get(job.name, 0) if outcome == "failed" else -1
        self._failures[job.name] = failures + 1
        is_retried = 0 <= failures < RETRIES and job.every_seconds > FREQUENT_SECONDS
        return RETRY_SECONDS * 4.0**failures if is_retried else 0.0

    def _run_again(self, job: Job, seconds: float) -> None:
        """Have a job run again in some seconds, if that is before its next slot."""
        if self._scheduler.running and 0 < seconds < job.every_seconds:
            again = datetime.now(UTC) + timedelta(seconds=seconds)
            self._scheduler.modify_job(job.name, next_run_time=again)

    def _has_clock_jumped(self) -> bool:
        before, self._clock_offset = self._clock_offset, self._offset()
        jump = self._clock_offset - before
        if abs(jump) < CLOCK_JUMP_SECONDS:
            return False
        logger.warning("the clock was set by %+.0f s: every job runs now", jump)
        return True

    def _offset(self) -> float:
        """Seconds by which the clock of the wall is ahead of the monotonic one."""
        return self._now().timestamp() - monotonic()

    def run(self, job: Job) -> str | None:
        """Run one job now if this process leads and the slot was not run yet. Returns the outcome:
        `done`, `failed` or `None` (not run)."""
        lease, now = self._lease, self._now()
        if lease is None:
            return None
        try:
            latest = now + timedelta(seconds=job.every_seconds)
            run_id = self._runs.start(job.name, now, _slot(job, now), lease, latest)
            if run_id is None and job.name in self._to_begin:
                run_id = self._runs.start(job.name, now, None, lease, latest)
            if run_id is None:
                return None
            self._to_begin.discard(job.name)
            outcome, detail = self._outcome(job, lease)
            retry_after = self._seconds_to_retry(job, outcome)
            self._runs.finish(run_id, outcome, detail, self._now(), frees_slot=retry_after > 0)
        except DatabaseAway as fault:
            logger.warning("%s: the database is away (%s), trying again soon", job.name, fault)
            outcome, retry_after = "failed", RETRY_SECONDS
        except LeaseLost:
            self._lease = None
            return "failed"
        self._run_again(job, retry_after)
        return outcome

    def _outcome(self, job: Job, lease: Lease) -> tuple[str, str]:
        context = JobContext(self._database, self._settings, self._now, lease, self._archive)
        try:
            return "done", job.step(context)
        except DatabaseAway:
            raise
        except LeaseLost:
            self._lease = None
            return "failed", "another scheduler has taken the lead"
        except Exception as fault:
            logger.exception("%s failed", job.name)
            return "failed", f"{type(fault).__name__}: {fault}"


def _slot(job: Job, now: datetime) -> datetime:
    """The start of the current interval of the job; it runs once per interval."""
    every = timedelta(seconds=job.every_seconds)
    return EPOCH + (now - EPOCH) // every * every
