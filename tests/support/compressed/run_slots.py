"""Which slots of which job were run, read from the store before they are forgotten."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text

from analytics.jobs.runner import EPOCH
from analytics.jobs.timetable import TIMETABLE
from models.database.engine import Database

Interval = tuple[datetime, datetime]
READ = text(
    "SELECT id, job, slot FROM job_runs WHERE id > :after AND outcome = 'done' "
    "AND slot IS NOT NULL ORDER BY id"
)
# A run that has not ended yet may get its outcome later.
SLOTS = text(
    "SELECT coalesce(min(id) - 1, (SELECT max(id) FROM job_runs)) FROM job_runs "
    "WHERE outcome IS NULL"
)


class RunSlots:
    """The runs that were done, by job and slot."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._until = 0
        self.runs: Counter[tuple[str, datetime]] = Counter()

    def read(self) -> None:
        """Read those since the last time."""
        with self._store.transaction() as connection:
            until = connection.execute(SLOTS).scalar_one()
            for row in connection.execute(READ, {"after": self._until}):
                if row.id <= until:
                    self.runs[row.job, row.slot] += 1
        self._until = max(self._until, until or 0)

    def repeated(self) -> list[tuple[str, datetime]]:
        """What was done more than once."""
        return [slot for slot, count in self.runs.items() if count > 1]

    def left_out(
        self, steps: Sequence[Interval], without: Sequence[Interval]
    ) -> list[tuple[str, datetime]]:
        """Slots in which a step began and ended, and which are not done; but those that touch an
        interval of `without`, in which nobody could."""
        return [
            (job, slot)
            for job, seconds in TIMETABLE
            for slot in _slots_of(steps, timedelta(seconds=seconds))
            if (job, slot) not in self.runs
            and not any(
                slot < end and slot + timedelta(seconds=seconds) > start for start, end in without
            )
        ]


def _slots_of(steps: Sequence[Interval], every: timedelta) -> list[datetime]:
    first = {EPOCH + (began - EPOCH) // every * every for began, ended in steps
             if (began - EPOCH) // every == (ended - EPOCH) // every}  # fmt: skip
    return sorted(first)
