"""How far the history of the demo is filled: a run of the job table, of which one may be open.

Its detail is `DAYS of DAYS days, until INSTANT` (ISO 8601), as it is listed with other runs.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from models.database.engine import Database
from models.operations.job_runs import job_runs

JOB = "demo history"
DAY = timedelta(days=1)
_detail = re.compile(r"(\d+) of (\d+) days, until (\S+)")
_is_open = (job_runs.c.job == JOB) & job_runs.c.finished_at.is_(None)


@dataclass(frozen=True, slots=True)
class FillProgress:
    """All reports before `filled_until` are stored: `days` of `total_days`, oldest first."""

    days: int
    total_days: int
    filled_until: datetime

    def __str__(self) -> str:
        return f"{self.days} of {self.total_days} days, until {self.filled_until.isoformat()}"


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run that has not ended, of a history until `until`."""

    until: datetime
    progress: FillProgress


def progress_at(begin: datetime, filled_until: datetime, total_days: int) -> FillProgress:
    """The progress of a history that begins at `begin`; days count once they are complete."""
    days = (filled_until - begin) // DAY
    return FillProgress(min(max(days, 0), total_days), total_days, filled_until)


class DemoHistory:
    """The repository. Raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, progress: FillProgress, until: datetime) -> None:
        """Open a run of a history until `until`; one that was interrupted ends."""
        self.end(until)
        values = {"job": JOB, "started_at": until, "detail": str(progress)}
        with self._database.transaction() as connection:
            connection.execute(insert(job_runs).values(values))

    def advance(self, progress: FillProgress) -> None:
        """Store the progress of the open run."""
        with self._database.transaction() as connection:
            connection.execute(update(job_runs).where(_is_open).values(detail=str(progress)))

    def end(self, now: datetime) -> None:
        """End the open run, if any."""
        change = {"outcome": "done", "finished_at": now}
        with self._database.transaction() as connection:
            connection.execute(update(job_runs).where(_is_open).values(change))

    def progress(self) -> FillProgress | None:
        """The progress of the open run; `None` while none is open."""
        run = self.open_run()
        return run.progress if run else None

    def open_run(self) -> OpenRun | None:
        """The open run: being filled, or interrupted."""
        query = select(job_runs.c.started_at, job_runs.c.detail).where(_is_open)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        match = _detail.fullmatch(row.detail or "") if row else None
        if row is None or match is None:
            return None
        filled_until = datetime.fromisoformat(match[3])
        return OpenRun(row.started_at, FillProgress(int(match[1]), int(match[2]), filled_until))
