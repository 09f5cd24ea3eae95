"""What else moved at the same time: other incidents that overlap one; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.anomalies.explain.wording import slice_name

MOST = 5
NEAR = timedelta(hours=1)  # an incident that ended so shortly before may be of the same cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Another incident: the metric in words, of whom, when (`end` `None`: it goes on), and its
    severity in words."""

    metric: str
    labels: tuple[tuple[str, str], ...] = ()
    start: datetime
    end: datetime | None
    severity: str


def overlapping(start: datetime, end: datetime | None, others: Iterable[Moved]) -> list[Moved]:
    """Those that overlap [start, end), or ended within an hour before; the nearest start first."""
    near = [
        each
        for each in others
        if (end is None or each.start < end) and (each.end is None or each.end > start - NEAR)
    ]
    return sorted(near, key=lambda each: (abs(each.start - start), each.metric, each.labels))


def note(start: datetime, end: datetime | None, others: Iterable[Moved]) -> list[str]:
    """One sentence that lists at most five of them; none without any."""
    moved = overlapping(start, end, others)
    if not moved:
        return []
    names = [
        f"{each.metric}{_of(each)} ({each.severity}, {_when(each.start - start)})"
        for each in moved[:MOST]
    ]
    more = f", and {len(moved) - MOST} more" if len(moved) > MOST else ""
    return [f"At the same time moved: {', '.join(names)}{more}."]


def _of(moved: Moved) -> str:
    return f" of {slice_name(dict(moved.labels))}" if moved.labels else ""


def _when(after: timedelta) -> str:
    minutes = round(after / timedelta(minutes=1))
    if not minutes:
        return "since the same minute"
    return f"{abs(minutes)} min {'later' if minutes > 0 else 'earlier'}"
