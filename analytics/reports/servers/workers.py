"""Worker processes as their last interval shows them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from analytics.stats.histograms import Histograms
from analytics.stats.merging import counts_of
from analytics.stats.summaries import or_none
from models.metrics.server_catalogue import OWN_SERVICE

Row = Mapping[str, Any]
Rows = Sequence[Row]


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """One process that holds sockets, as its last interval shows it.

    `loop_lag_ms` is the p95 of how late the event loop woke; `cpu` is a share of one core.
    """

    id: str
    service: str
    node: str
    heartbeat: datetime
    started: datetime | None
    active: int
    messages_per_second: float
    outbox_bytes: int
    loop_lag_ms: float | None
    cpu: float | None
    memory_bytes: int | None
    descriptors: int | None


def workers_of(now: Rows, heartbeats: Rows) -> list[Worker]:
    """Own workers by heartbeat, then those of other services by their last sample. `now` are rows
    of `LiveQueries.now`, `heartbeats` those of `LiveQueries.workers`."""
    latest: dict[tuple[str, str], list[Row]] = {}
    for row in now:
        latest.setdefault((row["service"], row["instance"]), []).append(row)
    ours = [
        _worker(OWN_SERVICE, row["instance"], latest.pop((OWN_SERVICE, row["instance"]), []), row)
        for row in heartbeats
    ]
    return ours + [_worker(*name, rows, None) for name, rows in sorted(latest.items())]


def _worker(service: str, instance: str, rows: Rows, heartbeat_row: Row | None) -> Worker:
    seconds = max((_period_seconds(row) for row in rows), default=0.0)
    messages = sum(row["sent"] + row["received"] for row in rows)
    cpu = _largest(row["cpu_ms"] for row in rows)
    lag = counts_of(b"".join(bytes(row["loop_lag"]) for row in rows)).astype(np.float64)
    n = lag.sum().reshape(1, 1)
    (lag_p95,) = Histograms(lag[None, None], n, n).quantiles_ms(0.95)
    return Worker(
        id=instance,
        service=service,
        node=heartbeat_row["node"] if heartbeat_row else instance.partition(":")[0],
        heartbeat=heartbeat_row["heartbeat_at"]
        if heartbeat_row
        else max(row["period_end"] for row in rows),
        started=heartbeat_row["started_at"] if heartbeat_row else None,
        active=sum(row["active"] for row in rows),
        messages_per_second=round(messages / seconds, 2) if seconds else 0.0,
        outbox_bytes=sum(row["outbox_bytes"] for row in rows),
        loop_lag_ms=or_none(lag_p95[0])[0],
        cpu=round(cpu / 1000 / seconds, 4) if cpu is not None and seconds else None,
        memory_bytes=_largest(row["memory_bytes"] for row in rows),
        descriptors=_largest(row["descriptors"] for row in rows),
    )


def _period_seconds(row: Row) -> float:
    length: float = (row["period_end"] - row["period_start"]).total_seconds()
    return length


def _largest(values: Iterable[int | None]) -> int | None:
    """The largest value present: all apps of one process report the same."""
    return max((value for value in values if value is not None), default=None)
