"""How far a source is rolled up: all hours before its watermark have cells; it moves by hours.

Work is done in units: transactions that hold the rollup lock of the source. Before a unit writes it
confirms that the scheduler still holds its lease.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics.query.read_plan import DAY, HOUR, floor_to
from models.database.engine import Connection, Database
from models.rollups import dirty_minutes, pair_state, rollup_state
from models.rollups.dirty_minutes import DirtyMark
from models.rollups.rollup_unit import unit

Confirm = Callable[[Connection], None]
UNMARKED_FOR = timedelta(hours=3)  # open hours may have rows from before marks existed
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)


def without_lease(_connection: Connection) -> None:
    """The `Confirm` of work outside the schedule: no lease is needed, the unit lock suffices."""


@dataclass(frozen=True, slots=True)
class RollupSource:
    """A source: the name of its marks, the table of its rows, `period_end` of the oldest row."""

    name: str
    table: str
    first_row: Callable[[Connection], datetime | None]


@dataclass(frozen=True, slots=True)
class ChangedMinutes:
    """Dirty minutes, ascending, and the ids of their marks."""

    minutes: Sequence[datetime]
    mark_ids: Sequence[int]


class Watermark:
    """`confirm` raises when the lease is lost. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, source: RollupSource, confirm: Confirm) -> None:
        self._database = database
        self._confirm = confirm
        self.source = source

    def unit(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the rollup lock of the source."""
        return unit(self._database, self.source.name)

    def complete_until(self, now: datetime) -> datetime:
        """Where the complete hours end; initially the hour of the first row."""
        with self.unit() as connection:
            until = rollup_state.complete_until(connection, self.source.name)
            if until is None:
                until = floor_to(self.source.first_row(connection) or now, HOUR)
                self._confirm(connection)
                rollup_state.begin(connection, self.source.name, until, floor_to(until, DAY))
                since = now - UNMARKED_FOR
                dirty_minutes.mark_dirty(connection, self.source.name, self.source.table, since)
        return until

    def rewind(self, complete_until: datetime) -> None:
        """Set the watermark back to `complete_until`: reads use raw rows until it has caught up."""
        with self.unit() as connection:
            self._confirm(connection)
            day = floor_to(complete_until, DAY)
            rollup_state.go_back(connection, self.source.name, complete_until, day)
            pair_state.go_back(connection, self.source.name, day)

    def late_hours(
        self, oldest: datetime, complete_until: datetime, marked_as: str | None = None
    ) -> list[datetime]:
        """The complete hours with marks, ascending; marks are of `marked_as`, else of the rows."""
        with self.unit() as connection:
            marks = dirty_minutes.marks(
                connection, (marked_as or self.source.name,), oldest, complete_until
            )
        return sorted({floor_to(mark.minute, HOUR) for mark in marks})

    def advance(self, connection: Connection, hour: datetime, marks: Sequence[DirtyMark]) -> bool:
        """Clear the marks of an hour with new cells and, when it is the next one, move past it.

        Returns whether its day is complete now.
        """
        dirty_minutes.clear(connection, [mark.id for mark in marks])
        until = rollup_state.advance(connection, self.source.name, hour, hour + HOUR)
        return floor_to(hour, DAY) + DAY <= until


def changed_minutes(
    connection: Connection, sources: Collection[str], since: datetime, limit: int
) -> ChangedMinutes:
    """The first `limit` dirty minutes from `since` on."""
    marks = dirty_minutes.marks(connection, sources, since, FAR_FUTURE)
    minutes = sorted({mark.minute for mark in marks})[:limit]
    return ChangedMinutes(
        minutes, [mark.id for mark in marks if minutes and mark.minute <= minutes[-1]]
    )
