"""Server samples: one row per worker, app and interval, in daily partitions by `period_end`.

Rows whose `app` is null describe the process itself (event loop, processor, memory, descriptors).
Counts are of the interval; gauges are of its end. Histograms are stored as in `client_reports`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from models.both_ends.connection_ends import ServerEnd
from models.database.base import Base
from models.metrics import close_codes
from models.metrics.histogram_codec import packed
from models.metrics.server_columns import BY_LABEL, COUNTERS, GAUGES, HISTOGRAMS, PROCESS, SUMS

from .server_agents import SampleAgent


class Histogram(msgspec.Struct, frozen=True):
    """Durations as {bucket: count} of the shared histogram, with their sum in microseconds."""

    counts: dict[int, int] = {}
    sum_us: int = 0


class ServerSample(msgspec.Struct, kw_only=True, frozen=True):
    """One interval of one worker and app. `closed` counts by `code/who`: who closed first.

    `by_type` is [sent, received], `top_rooms` [room, members, messages]. `user_keys` are the named
    users connected now, 8 bytes each, sorted; `anonymous` counts the connections without a user.
    `agent` and `ends` are no columns: the one is stored once for its service, the others each
    beside what the browser saw of the same connection.
    """

    sample_id: UUID
    period_start: datetime
    period_end: datetime
    received_at: datetime
    service: str
    instance: str
    app: str | None = None
    active: int = 0
    anonymous: int = 0
    user_keys: bytes = b""
    opened: int = 0
    closed: dict[str, int] = {}
    rejected: dict[str, int] = {}
    sent: int = 0
    received: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    by_type: dict[str, tuple[int, int]] = {}
    errors: dict[str, int] = {}
    slow_closes: int = 0
    stale: int = 0
    outbox_bytes: int = 0
    rooms: int = 0
    members: int = 0
    top_rooms: list[tuple[str, int, int]] = []
    latency: Histogram = Histogram()
    broadcast: Histogram = Histogram()
    processing: Histogram = Histogram()
    duration: Histogram = Histogram()
    loop_lag: Histogram = Histogram()
    cpu_ms: int | None = None
    memory_bytes: int | None = None
    descriptors: int | None = None
    agent: SampleAgent | None = None
    ends: tuple[ServerEnd, ...] = ()


SampleKey = tuple[UUID, datetime]

_INSTANT = DateTime(timezone=True)
_TYPES: dict[str, TypeEngine[Any]] = {
    "sample_id": Uuid(),
    **dict.fromkeys(("period_start", "period_end", "received_at"), _INSTANT),
    **dict.fromkeys(("service", "instance", "app"), Text()),
    "user_keys": LargeBinary(),
    **dict.fromkeys(GAUGES, BigInteger()),
    **dict.fromkeys((*COUNTERS, *SUMS), BigInteger()),
    **dict.fromkeys((*BY_LABEL, "by_type", "top_rooms"), JSONB()),
    **dict.fromkeys(HISTOGRAMS, LargeBinary()),
    **{f"{name}_sum_us": BigInteger() for name in HISTOGRAMS},
    **dict.fromkeys(PROCESS, BigInteger()),
}
_MAY_BE_NULL = frozenset({"app", *PROCESS})
COLUMNS = tuple(_TYPES)

server_samples = Table(
    "server_samples",
    Base.metadata,
    *(Column(name, kind, nullable=name in _MAY_BE_NULL) for name, kind in _TYPES.items()),
    PrimaryKeyConstraint("sample_id", "period_end"),
    Index(None, "period_end"),
    postgresql_partition_by="RANGE (period_end)",
)

server_totals = Table(
    "server_totals",
    Base.metadata,
    *(Column(name, Text(), primary_key=True) for name in ("service", "app", "name", "label")),
    Column("value", Float(53), nullable=False),
)

server_workers = Table(
    "server_workers",
    Base.metadata,
    Column("instance", Text(), primary_key=True),
    Column("node", Text(), nullable=False),
    Column("namespace", Text(), nullable=False),
    Column("pid", Integer(), nullable=False),
    Column("started_at", _INSTANT, nullable=False),
    Column("heartbeat_at", _INSTANT, nullable=False),
    Index(None, "heartbeat_at"),
)


def key_of(sample: ServerSample) -> SampleKey:
    """The identity of a sample."""
    return sample.sample_id, sample.period_end


def as_json(samples: Iterable[ServerSample]) -> str:
    """The rows as a JSON array whose objects have the table's columns as keys, and `totals`."""
    return msgspec.json.encode([_row(sample) for sample in samples]).decode("utf-8")


def totals_of(sample: ServerSample) -> list[tuple[str, str, int]]:
    """(name, label, amount) of every cumulative counter of the sample."""
    amounts = [(name, "", getattr(sample, name)) for name in COUNTERS]
    for name in BY_LABEL:
        amounts += [(name, label, amount) for label, amount in getattr(sample, name).items()]
    for kind, (sent, received) in sample.by_type.items():
        amounts += [("sent_by_type", kind, sent), ("received_by_type", kind, received)]
    for name in HISTOGRAMS:
        histogram: Histogram = getattr(sample, name)
        amounts += [(name, str(bucket), count) for bucket, count in histogram.counts.items()]
        amounts.append((f"{name}_sum_us", "", histogram.sum_us))
    amounts.append(("cpu_ms", "", sample.cpu_ms or 0))
    return [entry for entry in amounts if entry[2]]


def _row(sample: ServerSample) -> dict[str, object]:
    row: dict[str, object] = {
        name: getattr(sample, name)
        for name in COLUMNS
        if name not in HISTOGRAMS and name not in SUMS and not name.endswith("_sum_us")
    }
    row["closes"] = sum(sample.closed.values())
    row["abnormal_closes"] = sum(
        count
        for key, count in sample.closed.items()
        if key.partition("/")[0] not in close_codes.NOT_ABNORMAL
    )
    row["error_count"] = sum(sample.errors.values())
    row["user_keys"] = "\\x" + sample.user_keys.hex()
    for name in HISTOGRAMS:
        histogram: Histogram = getattr(sample, name)
        pairs = packed(tuple(histogram.counts), tuple(histogram.counts.values()))
        row[name] = "\\x" + pairs.hex()
        row[f"{name}_sum_us"] = histogram.sum_us
    return row | {"totals": [list(entry) for entry in totals_of(sample)]}
