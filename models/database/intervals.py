"""Half-open intervals of time as a WHERE clause."""

from collections.abc import Sequence
from typing import Any

from models.metrics.intervals import Interval


def condition(
    intervals: Sequence[Interval], column: str = "period_end", prefix: str = ""
) -> tuple[str, dict[str, Any]]:
    """A WHERE clause on a column of instants, and its bound values, named by `prefix`."""
    names = [(f"{prefix}s{n}", f"{prefix}e{n}") for n in range(len(intervals))]
    parts = [f"({column} >= :{s} AND {column} < :{e})" for s, e in names]
    values: dict[str, Any] = {}
    for (first, last), (start, end) in zip(names, intervals, strict=True):
        values |= {first: start, last: end}
    return f"({' OR '.join(parts) or 'false'})", values
