"""Half-open intervals of time: by the level they are read from, and merged."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """Half-open intervals by what they are read from: raw rows, or cells of minutes, hours, days;
    disjoint, together the full range."""

    raw: list[Interval] = field(default_factory=list)
    minutes: list[Interval] = field(default_factory=list)
    hours: list[Interval] = field(default_factory=list)
    days: list[Interval] = field(default_factory=list)


def merged(intervals: Iterable[Interval], gap: timedelta = timedelta(0)) -> list[Interval]:
    """Sorted intervals; those that overlap, or lie no further apart than `gap`, become one."""
    blocks: list[Interval] = []
    for start, end in sorted(intervals):
        if blocks and start - blocks[-1][1] <= gap:
            blocks[-1] = (blocks[-1][0], max(end, blocks[-1][1]))
        else:
            blocks.append((start, end))
    return blocks
