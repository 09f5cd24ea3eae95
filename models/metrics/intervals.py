"""Half-open intervals of time: by the level they are read from, and merged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

Interval = tuple[datetime, datetime]


class LevelIntervals(Protocol):
    """Disjoint intervals by level: raw rows, or cells of minutes, hours, days."""

    @property
    def raw(self) -> Sequence[Interval]: ...
    @property
    def minutes(self) -> Sequence[Interval]: ...
    @property
    def hours(self) -> Sequence[Interval]: ...
    @property
    def days(self) -> Sequence[Interval]: ...


@dataclass(frozen=True, slots=True)
class RawOnly:
    """A range that is read from raw rows alone."""

    start: datetime
    end: datetime

    @property
    def raw(self) -> Sequence[Interval]:
        """The whole range."""
        return [(self.start, self.end)]

    @property
    def minutes(self) -> Sequence[Interval]:
        """No interval; the same for hours and days."""
        return []

    hours = days = minutes


def merged(intervals: Iterable[Interval], gap: timedelta = timedelta(0)) -> list[Interval]:
    """Sorted intervals; those that overlap, or lie no further apart than `gap`, become one."""
    blocks: list[Interval] = []
    for start, end in sorted(intervals):
        if blocks and start - blocks[-1][1] <= gap:
            blocks[-1] = (blocks[-1][0], max(end, blocks[-1][1]))
        else:
            blocks.append((start, end))
    return blocks
