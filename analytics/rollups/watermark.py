"""How far a source is rolled up: all hours before its watermark are settled, and it moves by hours.

Work is done in units: transactions in which nobody else rolls up the same source. Before a unit
writes anything it confirms that nobody else leads by now.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from analytics.query.read_plan import DAY, HOUR, down
from models.database.engine import Database
from models.rollups import dirty_minutes, rollup_state
from models.rollups.dirty_minutes import Touch
from models.rollups.rollup_unit import unit

Confirm = Callable[[Connection], None]
UNMARKED = timedelta(hours=3)  # rows of hours still open may have come before there were marks
FAR = datetime(9999, 1, 1, tzinfo=UTC)


def alone(_connection: Connection) -> None:
    """Confirms work outside the schedule: it needs no lead, units keep out of each other's way."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is rolled up: the name of its marks, the table of its rows, when the oldest ended."""

    name: str
    table: str
    first_row: Callable[[Connection], datetime | None]


@dataclass(frozen=True, slots=True)
class Changed:
    """Minutes with new rows, in order, and the marks that told of them."""

    minutes: Sequence[datetime]
    marks: Sequence[int]


class Watermark:
    """`confirm` raises when another leads by now. Methods raise `RollupBusy`, `DatabaseAway`."""

    def __init__(self, database: Database, source: Source, confirm: Confirm) -> None:
        self._database = database
        self._confirm = confirm
        self.source = source

    def unit(self) -> AbstractContextManager[Connection]:
        """A transaction of whoever alone rolls up the source."""
        return unit(self._database, self.source.name)

    def settled(self, now: datetime) -> datetime:
        """Where the settled hours end; at first where the rows begin."""
        with self.unit() as connection:
            until = rollup_state.settled(connection, self.source.name)
            if until is None:
                until = down(self.source.first_row(connection) or now, HOUR)
                self._confirm(connection)
                rollup_state.begin(connection, self.source.name, until, down(until, DAY))
                since = now - UNMARKED
                dirty_minutes.mark_again(connection, self.source.name, self.source.table, since)
        return until

    def go_back(self, settled: datetime) -> None:
        """Begin again from `settled` on: until all is made, the rows themselves are read."""
        with self.unit() as connection:
            self._confirm(connection)
            rollup_state.go_back(connection, self.source.name, settled, down(settled, DAY))

    def late_hours(
        self, oldest: datetime, settled: datetime, marked_as: str | None = None
    ) -> list[datetime]:
        """The settled hours with changes since, oldest first; by default those of the rows."""
        with self.unit() as connection:
            marks = dirty_minutes.marks(
                connection, (marked_as or self.source.name,), oldest, settled
            )
        return sorted({down(mark.minute, HOUR) for mark in marks})

    def settle(self, connection: Connection, hour: datetime, marks: Sequence[Touch]) -> bool:
        """The cells of an hour are made: once the hour before is settled, this one is too.

        Answers whether its whole day is settled by now.
        """
        dirty_minutes.clear(connection, [mark.id for mark in marks])
        until = rollup_state.advance(connection, self.source.name, hour, hour + HOUR)
        return down(hour, DAY) + DAY <= until


def changed_minutes(
    connection: Connection, sources: Collection[str], since: datetime, most: int
) -> Changed:
    """The first `most` minutes from `since` on that changed."""
    marks = dirty_minutes.marks(connection, sources, since, FAR)
    chosen = sorted({mark.minute for mark in marks})[:most]
    return Changed(chosen, [mark.id for mark in marks if chosen and mark.minute <= chosen[-1]])
