"""The datasets that can be exported, as data. A new one is one entry here.

Headers carry the unit. Rows stand in the order of the store: by day, within it nearly as they came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analytics.formatting import csv_text
from models.queries.report_scope import DIMENSIONS
from models.raw.client_reports import client_reports
from models.raw.export_rows import Row, Source
from models.raw.server_samples import server_samples
from models.raw.sessions import sessions
from models.rollups import client_rollups, server_rollups
from models.rollups.client_rollups import client_hours
from models.rollups.server_rollups import server_hours

from . import cells
from .cells import HISTOGRAM_HEADERS, Write


@dataclass(frozen=True, slots=True)
class Column:
    """Columns of the CSV made of columns of the table."""

    headers: Sequence[str]
    sources: Sequence[str]
    write: Write


@dataclass(frozen=True, slots=True)
class Dataset:
    """What stands in one kind of file; `text` says it to people."""

    name: str
    title: str
    text: str
    source: Source
    columns: Sequence[Column]

    @property
    def header(self) -> list[str]:
        """The first line."""
        return [header for column in self.columns for header in column.headers]

    def lines(self, rows: Sequence[Row]) -> str:
        """Rows of the source as lines of the CSV."""
        return csv_text.lines(zip(*self._written(rows), strict=True))

    def _written(self, rows: Sequence[Row]) -> Iterator[Sequence[object]]:
        by_name = dict(zip(self.source.columns, zip(*rows, strict=True), strict=True))
        for column in self.columns:
            yield from column.write(*(by_name[name] for name in column.sources))


def _each(write: Write, *names: str) -> list[Column]:
    return [Column((name,), (name,), write) for name in names]


def _in_unit(write: Write, **headers: str) -> list[Column]:
    return [Column((header,), (name,), write) for name, header in headers.items()]


def _histogram(name: str) -> Column:
    headers = tuple(f"{name}_{header}" for header in HISTOGRAM_HEADERS)
    return Column(headers, (name, f"{name}_sum_us"), cells.histogram)


def _weighted(name: str) -> Column:
    """A histogram whose counts are weighted by 1/sample_rate; `n` alone is not."""
    headers = tuple(f"{name}_weighted_{header}" for header in HISTOGRAM_HEADERS)
    return Column(headers, (name, f"{name}_sum_us"), cells.histogram)


_REPORT = (
    *_each(cells.identity, "session_id", "report_id"),
    *_each(cells.instant, "period_start", "period_end", "received_at"),
    *_each(cells.text, "app", "release", "page", "endpoint", "sdk_version", "country", "region"),
    *_each(cells.text, "browser", "os"),
    *_each(cells.plain, "sample_rate", "attempts", "opened", "failed", "drops"),
    *_each(cells.plain, "reconnect_attempts", "reconnect_successes", "open_ms", "downtime_ms"),
    *_each(cells.labelled, "close_codes"),
    *_each(cells.plain, "abnormal_closes"),
    *_each(cells.whole_list, "recovery_ms"),
    *_each(cells.plain, "longest_silence_ms", "sent", "received", "queued", "errors"),
    *_each(cells.plain, "bytes_sent", "bytes_received"),
    _histogram("latency"),
    _histogram("setup"),
    *_each(cells.text, "network_type", "effective_type"),
    *_each(cells.plain, "rtt_ms", "downlink_mbps", "page_load_ms", "lcp_ms", "inp_ms", "cls"),
    *_each(cells.plain, "ux_errors", "interactions"),
    *_each(cells.labelled, "custom"),
    *_each(cells.plain, "lost_reports"),
)
_SESSION = (
    *_each(cells.identity, "session_id"),
    *_each(cells.instant, "first_seen", "last_seen"),
    *_each(cells.text, "app", "release", "page", "country", "browser", "os", "effective_type"),
    *_each(cells.plain, "reports", "weight", "abnormal_closes"),
)
_SAMPLE = (
    *_each(cells.identity, "sample_id"),
    *_each(cells.instant, "period_start", "period_end", "received_at"),
    *_each(cells.text, "service", "instance", "app"),
    *_in_unit(cells.keys, user_keys="named_users"),
    *_each(cells.plain, "active", "anonymous", "outbox_bytes", "rooms", "members", "opened"),
    *_each(cells.plain, "sent", "received", "bytes_sent", "bytes_received", "slow_closes"),
    *_each(cells.plain, "stale", "closes", "abnormal_closes", "error_count"),
    *_each(cells.document, "closed", "rejected", "errors", "by_type", "top_rooms"),
    *map(_histogram, ("latency", "broadcast", "processing", "duration", "loop_lag")),
    *_each(cells.plain, "cpu_ms", "memory_bytes", "descriptors"),
)


_CLIENT_HOUR = (
    *_each(cells.instant, "t"),
    *_each(cells.text, "app", "dimension", "value"),
    *_each(cells.plain, "reports"),
    *_each(cells.instant, "latest"),
    *_each(cells.plain, *client_rollups.COUNTS, *client_rollups.BESIDE),
    *_each(cells.plain, *(f"{name}_n" for name in client_rollups.TRIALS)),
    *_each(cells.document, *client_rollups.BY_LABEL),
    *_each(cells.plain, *(f"{name}_n" for name in client_rollups.HISTOGRAMS)),
    *map(_weighted, client_rollups.HISTOGRAMS),
)
_SERVER_HOUR = (
    *_each(cells.instant, "t"),
    *_each(cells.text, "service", "app"),
    *_each(cells.plain, "samples"),
    *_each(cells.instant, "first_start", "latest"),
    *_each(cells.plain, *server_rollups.COUNTS),
    *_each(cells.document, *server_rollups.LABELS),
    *map(_histogram, server_rollups.DURATIONS),
)


def _columns(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column.sources))


_ALL = (
    Dataset(
        "client-reports",
        "Client reports",
        "Every report of a browser, by the end of its period. Counts are unweighted.",
        Source(client_reports, "period_end", _columns(_REPORT), DIMENSIONS),
        _REPORT,
    ),
    Dataset(
        "sessions",
        "Sessions",
        "Every session of a browser that was first seen in the range.",
        Source(sessions, "first_seen", _columns(_SESSION), DIMENSIONS),
        _SESSION,
    ),
    Dataset(
        "server-samples",
        "Server samples",
        "Every interval of every worker and app. Rows without an app describe the process.",
        Source(server_samples, "period_end", _columns(_SAMPLE), ("app", "service")),
        _SAMPLE,
    ),
    Dataset(
        "client-rollups",
        "Client rollups",
        "Hours of each app, whole and by one dimension, weighted by 1/sample_rate "
        "(but not what ends in _n).",
        Source(client_hours, "t", _columns(_CLIENT_HOUR), ("app", "dimension", "value")),
        _CLIENT_HOUR,
    ),
    Dataset(
        "server-rollups",
        "Server rollups",
        "Hours of each service and app. Gauges are multiplied by the microseconds they stood.",
        Source(server_hours, "t", _columns(_SERVER_HOUR), ("app", "service")),
        _SERVER_HOUR,
    ),
)
DATASETS = {dataset.name: dataset for dataset in _ALL}
