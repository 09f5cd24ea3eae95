"""Client reports: one row per report, in daily partitions by `period_end`.

A histogram (see models.metrics.histogram) is stored as bytes: pairs of a bucket (uint16) and its
count (uint32), little endian. Rows are merged by concatenating the bytes in SQL and adding the
pairs up in numpy.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
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
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

from models.both_ends.connection_ends import BrowserEnd
from models.database.base import Base
from models.metrics.client_columns import PACKED
from models.metrics.histogram_codec import packed


class ClientReport(msgspec.Struct, kw_only=True, frozen=True):
    """One validated report as stored. Counts are of the period and unweighted.

    `*_buckets` and `*_counts` are parallel: a sparse histogram (see models.metrics.histogram);
    `*_sum_us` is the sum of its durations in microseconds. `None` means not reported: `lost` is
    `None` in a report that does not judge ends by kind, and so are all that came with it (see
    models.metrics.client_columns.JUDGED). `silent_ms` is the total over the losses of the report.
    `automated` names the crawler, headless check or uptime probe that sent it; a person's has none.
    `ends` is no column: each is stored beside what the server saw of the same connection.
    """

    session_id: UUID
    report_id: UUID
    period_start: datetime
    period_end: datetime
    received_at: datetime
    app: str = "default"
    release: str | None = None
    page: str | None = None
    endpoint: str | None = None
    sdk_version: str | None = None
    country: str | None = None
    region: str | None = None
    browser: str | None = None
    os: str | None = None
    sample_rate: float = 1.0
    attempts: int = 0
    opened: int = 0
    failed: int = 0
    drops: int = 0
    reconnect_attempts: int = 0
    reconnect_successes: int = 0
    open_ms: int = 0
    downtime_ms: int = 0
    close_codes: dict[str, int] = {}
    abnormal_closes: int = 0
    recovery_ms: tuple[int, ...] = ()
    longest_silence_ms: int | None = None
    sent: int = 0
    received: int = 0
    queued: int = 0
    errors: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0
    latency_buckets: tuple[int, ...] = ()
    latency_counts: tuple[int, ...] = ()
    latency_sum_us: int = 0
    setup_buckets: tuple[int, ...] = ()
    setup_counts: tuple[int, ...] = ()
    setup_sum_us: int = 0
    network_type: str | None = None
    effective_type: str | None = None
    rtt_ms: int | None = None
    downlink_mbps: float | None = None
    page_load_ms: int | None = None
    lcp_ms: int | None = None
    inp_ms: int | None = None
    cls: float | None = None
    ux_errors: int = 0
    interactions: int = 0
    custom: dict[str, float] = {}
    lost_reports: int = 0
    protocol: str | None = None
    may_be_blind: tuple[str, ...] | None = None
    leaving: bool | None = None
    lost: int | None = None
    ended_by_server: int | None = None
    replaced: int | None = None
    never_back: int | None = None
    abandoned: int | None = None
    silent_ms: int | None = None
    downtime_hidden_ms: int | None = None
    suspended_ms: int | None = None
    open_losses: int | None = None
    close_codes_given: dict[str, int] | None = None
    reply_buckets: tuple[int, ...] = ()
    reply_counts: tuple[int, ...] = ()
    reply_sum_us: int | None = None
    automated: str | None = None
    ends: tuple[BrowserEnd, ...] = ()


class BoundedReport(ClientReport, kw_only=True, frozen=True):
    """A report of a session that used more than a minute of its bound, as far as the worker that
    reads it knows: what is stored under its identity may have been cut differently."""


TIMES = ("open_ms", "downtime_ms", "downtime_hidden_ms", "suspended_ms", "silent_ms")
ReportKey = tuple[UUID, UUID, datetime]

_INSTANT = DateTime(timezone=True)
_TYPES: dict[str, TypeEngine[Any]] = {
    "session_id": Uuid(),
    "report_id": Uuid(),
    "period_start": _INSTANT,
    "period_end": _INSTANT,
    "received_at": _INSTANT,
    **dict.fromkeys(
        ("app", "release", "page", "endpoint", "sdk_version", "country", "region"), Text()
    ),
    **dict.fromkeys(("browser", "os"), Text()),
    "sample_rate": Float(53),
    **dict.fromkeys(("attempts", "opened", "failed", "drops"), Integer()),
    **dict.fromkeys(("reconnect_attempts", "reconnect_successes"), Integer()),
    **dict.fromkeys(("open_ms", "downtime_ms"), Integer()),
    "close_codes": JSONB(),
    "abnormal_closes": Integer(),
    "recovery_ms": ARRAY(Integer()),
    "longest_silence_ms": Integer(),
    **dict.fromkeys(("sent", "received", "queued", "errors"), Integer()),
    **dict.fromkeys(("bytes_sent", "bytes_received"), Integer()),
    "latency": LargeBinary(),
    "latency_sum_us": BigInteger(),
    "setup": LargeBinary(),
    "setup_sum_us": BigInteger(),
    **dict.fromkeys(("network_type", "effective_type"), Text()),
    "rtt_ms": Integer(),
    "downlink_mbps": Float(53),
    **dict.fromkeys(("page_load_ms", "lcp_ms", "inp_ms"), Integer()),
    "cls": Float(53),
    **dict.fromkeys(("ux_errors", "interactions"), Integer()),
    "custom": JSONB(),
    "lost_reports": Integer(),
    "protocol": Text(),
    "may_be_blind": JSONB(),
    "leaving": Boolean(),
    **dict.fromkeys(("lost", "ended_by_server", "replaced", "never_back", "abandoned"), Integer()),
    "silent_ms": BigInteger(),
    **dict.fromkeys(("downtime_hidden_ms", "suspended_ms", "open_losses"), Integer()),
    "close_codes_given": JSONB(),
    "reply": LargeBinary(),
    "reply_sum_us": BigInteger(),
    "automated": Text(),
}
_MAY_BE_NULL = frozenset(
    name
    for name, default in zip(
        ClientReport.__struct_fields__[-len(ClientReport.__struct_defaults__) :],
        ClientReport.__struct_defaults__,
        strict=True,
    )
    if default is None
) | {"reply"}
COLUMNS = tuple(_TYPES)

client_reports = Table(
    "client_reports",
    Base.metadata,
    *(Column(name, kind, nullable=name in _MAY_BE_NULL) for name, kind in _TYPES.items()),
    PrimaryKeyConstraint("session_id", "report_id", "period_end"),
    Index(
        None,
        "period_end",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true", "pages_per_range": "32"},
    ),
    Index(
        "ix_client_reports_automated",
        "app",
        "period_end",
        postgresql_where=text("automated IS NOT NULL"),
    ),
    postgresql_partition_by="RANGE (period_end)",
)

_PLAIN = tuple(name for name in COLUMNS if name not in PACKED)
_plain = attrgetter(*_PLAIN)  # all at once: a third of what one getattr after the other takes


def as_json(reports: Iterable[ClientReport]) -> str:
    """The rows as a JSON array whose objects have the table's columns as keys."""
    return msgspec.json.encode([_row(report) for report in reports]).decode("utf-8")


def key_of(report: ClientReport) -> ReportKey:
    """The identity of a report."""
    return report.session_id, report.report_id, report.period_end


def _row(report: ClientReport) -> dict[str, object]:
    row: dict[str, object] = dict(zip(_PLAIN, _plain(report), strict=True))
    for name in PACKED:
        pairs = packed(getattr(report, name + "_buckets"), getattr(report, name + "_counts"))
        row[name] = "\\x" + pairs.hex() if pairs or name not in _MAY_BE_NULL else None
    return row
