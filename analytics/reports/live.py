"""The live state of the sockets: a small answer, polled once a second."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from models.queries.live import is_selected


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """Gauges now and rates of the last interval; `as_of` is when that ended."""

    at: datetime
    as_of: datetime | None
    workers: int
    active: int
    rooms: int
    opened_per_minute: float
    messages_per_second: float


def pulse_of(
    at: datetime,
    now: Sequence[Mapping[str, Any]],
    *,
    workers: int,
    opened_last_minute: int,
    app: str | None,
) -> Pulse:
    """The state of one app, or of all. `now` are rows of `SampleQueries.now`."""
    rows = [row for row in now if is_selected(row["app"], app)]
    return Pulse(
        at=at,
        as_of=max((row["period_end"] for row in now), default=None),
        workers=workers,
        active=sum(row["active"] for row in rows),
        rooms=sum(row["rooms"] for row in rows),
        opened_per_minute=float(opened_last_minute),
        messages_per_second=round(sum(map(_rate, rows)), 2),
    )


def _rate(row: Mapping[str, Any]) -> float:
    seconds: float = (row["period_end"] - row["period_start"]).total_seconds()
    return float(row["sent"] + row["received"]) / seconds if seconds else 0.0
