"""Half-open intervals of time: where each is read from, joined, and as a condition of a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

Interval = tuple[datetime, datetime]


class Pieces(Protocol):
    """Intervals by where they are read from: rows or cells; no instant is in two."""

    @property
    def raw(self) -> Sequence[Interval]: ...
    @property
    def minutes(self) -> Sequence[Interval]: ...
    @property
    def hours(self) -> Sequence[Interval]: ...
    @property
    def days(self) -> Sequence[Interval]: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A range that is read from the rows alone."""

    start: datetime
    end: datetime

    @property
    def raw(self) -> Sequence[Interval]:
        """All of it."""
        return [(self.start, self.end)]

    @property
    def minutes(self) -> Sequence[Interval]:
        """None of it."""
        return []

    hours = days = minutes


def joined(intervals: Iterable[Interval], gap: timedelta = timedelta(0)) -> list[Interval]:
    """In order, neighbours as one: those that overlap, or lie no further apart than `gap`."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def condition(
    intervals: Sequence[Interval], column: str = "period_end", prefix: str = ""
) -> tuple[str, dict[str, Any]]:
    """A WHERE clause on a column of instants, and the values bound in it by names of `prefix`."""
    names = [(f"{prefix}s{n}", f"{prefix}e{n}") for n in range(len(intervals))]
    parts = [f"({column} >= :{s} AND {column} < :{e})" for s, e in names]
    values: dict[str, Any] = {}
    for (first, last), (start, end) in zip(names, intervals, strict=True):
        values |= {first: start, last: end}
    return f"({' OR '.join(parts) or 'false'})", values
