"""Half-open intervals of time: joined where they touch, and as a condition of a query."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

Interval = tuple[datetime, datetime]


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
