"""The datasets that can be exported, as data. A new one is one entry here.

Headers carry the unit. Rows are in storage order: by day, within it nearly in order of arrival.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from analytics.formatting import csv_text, instants
from models.metrics import client_columns, server_columns
from models.metrics.dimensions import CLIENT_FILTERS
from models.raw.client_reports import client_reports
from models.raw.export_rows import ExportSource, Row
from models.raw.server_samples import server_samples
from models.raw.sessions import sessions
from models.rollups import client_rollups
from models.rollups.client_rollups import client_hours
from models.rollups.server_rollups import server_hours

from . import cells
from .cells import HISTOGRAM_HEADERS, ColumnFormatter


@dataclass(frozen=True, slots=True)
class Column:
    """CSV columns (`headers`) formatted from table columns (`sources`)."""

    headers: Sequence[str]
    sources: Sequence[str]
    formatter: ColumnFormatter

    def in_zone(self, zone: ZoneInfo) -> "Column":
        """The same with wall times of `zone`, which the header names, instead of ISO 8601."""
        if self.formatter is not cells.timestamps:
            return self
        headers = [instants.with_zone(header, zone) for header in self.headers]
        return Column(headers, self.sources, partial(cells.wall_times, zone))


@dataclass(frozen=True, slots=True)
class Dataset:
    """An exportable kind of rows; `description` is for users and the API documentation."""

    name: str
    title: str
    description: str
    source: ExportSource
    columns: Sequence[Column]

    def in_zone(self, zone: ZoneInfo | None) -> "Dataset":
        """The same with wall times of `zone`; `None` leaves ISO 8601."""
        if zone is None:
            return self
        return replace(self, columns=[column.in_zone(zone) for column in self.columns])

    @property
    def header(self) -> list[str]:
        """The column names of the CSV."""
        return [header for column in self.columns for header in column.headers]

    def lines(self, rows: Sequence[Row]) -> str:
        """Rows of the source as CSV text."""
        return csv_text.lines(zip(*self._formatted_columns(rows), strict=True))

    def _formatted_columns(self, rows: Sequence[Row]) -> Iterator[Sequence[object]]:
        by_name = dict(zip(self.source.columns, zip(*rows, strict=True), strict=True))
        for column in self.columns:
            yield from column.formatter(*(by_name[name] for name in column.sources))


def _each(formatter: ColumnFormatter, *names: str) -> list[Column]:
    return [Column((name,), (name,), formatter) for name in names]


def _in_unit(formatter: ColumnFormatter, **headers: str) -> list[Column]:
    return [Column((header,), (name,), formatter) for name, header in headers.items()]


def _histogram(name: str) -> Column:
    headers = tuple(f"{name}_{header}" for header in HISTOGRAM_HEADERS)
    return Column(headers, (name, f"{name}_sum_us"), cells.histogram)


def _weighted_histogram(name: str) -> Column:
    """A histogram whose counts are weighted by 1/sample_rate; `n` alone is not."""
    headers = tuple(f"{name}_weighted_{header}" for header in HISTOGRAM_HEADERS)
    return Column(headers, (name, f"{name}_sum_us"), cells.histogram)


_REPORT_COLUMNS = (
    *_each(cells.uuids, "session_id", "report_id"),
    *_each(cells.timestamps, "period_start", "period_end", "received_at"),
    *_each(
        cells.client_text, "app", "release", "page", "endpoint", "sdk_version", "country", "region"
    ),
    *_each(cells.client_text, "browser", "os"),
    *_each(cells.numbers, "sample_rate", "attempts", "opened", "failed", "drops"),
    *_each(cells.numbers, "reconnect_attempts", "reconnect_successes", "open_ms", "downtime_ms"),
    *_each(cells.label_counts, "close_codes"),
    *_each(cells.numbers, "abnormal_closes"),
    *_each(cells.integer_lists, "recovery_ms"),
    *_each(cells.numbers, "longest_silence_ms", "sent", "received", "queued", "errors"),
    *_each(cells.numbers, "bytes_sent", "bytes_received"),
    _histogram("latency"),
    _histogram("setup"),
    *_each(cells.client_text, "network_type", "effective_type"),
    *_each(cells.numbers, "rtt_ms", "downlink_mbps", "page_load_ms", "lcp_ms", "inp_ms", "cls"),
    *_each(cells.numbers, "ux_errors", "interactions"),
    *_each(cells.label_counts, "custom"),
    *_each(cells.numbers, "lost_reports"),
    *_each(cells.client_text, "protocol"),
    *_each(cells.json_documents, "may_be_blind"),
    *_each(cells.numbers, "leaving", *client_columns.JUDGED, "open_losses"),
    *_each(cells.label_counts, "close_codes_given"),
    _histogram("reply"),
    *_each(cells.client_text, "automated"),
)
_SESSION_COLUMNS = (
    *_each(cells.uuids, "session_id"),
    *_each(cells.timestamps, "first_seen", "last_seen"),
    *_each(
        cells.client_text, "app", "release", "page", "country", "browser", "os", "effective_type"
    ),
    *_each(cells.numbers, "reports", "weight", "abnormal_closes"),
    *_each(cells.json_documents, "may_be_blind"),
    *_each(cells.client_text, "automated"),
)
_SAMPLE_COLUMNS = (
    *_each(cells.uuids, "sample_id"),
    *_each(cells.timestamps, "period_start", "period_end", "received_at"),
    *_each(cells.client_text, "service", "instance", "app"),
    *_in_unit(cells.key_counts, user_keys="named_users"),
    *_each(cells.numbers, "active", "anonymous", "outbox_bytes", "rooms", "members", "opened"),
    *_each(cells.numbers, "sent", "received", "bytes_sent", "bytes_received", "slow_closes"),
    *_each(cells.numbers, "stale", "closes", "abnormal_closes", "error_count"),
    *_each(cells.json_documents, "closed", "rejected", "errors", "by_type", "top_rooms"),
    *map(_histogram, server_columns.HISTOGRAMS),
    *_each(cells.numbers, "cpu_ms", "memory_bytes", "descriptors"),
)


_CLIENT_HOUR_COLUMNS = (
    *_each(cells.timestamps, "t"),
    *_each(cells.client_text, "app", "dimension", "value"),
    *_each(cells.numbers, "reports"),
    *_each(cells.timestamps, "latest"),
    *_each(cells.numbers, *client_columns.COUNTS, *client_columns.EXTRA_COUNTS),
    *_each(cells.numbers, *client_columns.JUDGED_EXTRA),
    *_each(
        cells.numbers,
        *(f"{name}_n" for name in (*client_columns.TRIALS, *client_columns.LATER_TRIALS)),
    ),
    *_each(cells.json_documents, *client_rollups.BY_LABEL),
    *_each(cells.numbers, *(f"{name}_n" for name in client_columns.HISTOGRAMS)),
    *map(_weighted_histogram, client_columns.HISTOGRAMS),
)
_SERVER_HOUR_COLUMNS = (
    *_each(cells.timestamps, "t"),
    *_each(cells.client_text, "service", "app"),
    *_each(cells.numbers, "samples"),
    *_each(cells.timestamps, "first_start", "latest"),
    *_each(cells.numbers, *server_columns.COUNTS),
    *_each(cells.json_documents, *server_columns.BY_LABEL, "by_type", "top_rooms"),
    *map(_histogram, server_columns.DURATIONS),
)


def _source_columns(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(name for column in columns for name in column.sources))


_ALL = (
    Dataset(
        "client-reports",
        "Client reports",
        "Every report of a browser, by the end of its period. Counts are unweighted.",
        ExportSource(
            client_reports, "period_end", _source_columns(_REPORT_COLUMNS), tuple(CLIENT_FILTERS)
        ),
        _REPORT_COLUMNS,
    ),
    Dataset(
        "sessions",
        "Sessions",
        "Every session of a browser that began in the range, or before it and reported from its "
        "start on: those that the pages count.",
        ExportSource(
            sessions,
            "first_seen",
            _source_columns(_SESSION_COLUMNS),
            tuple(CLIENT_FILTERS),
            last="last_seen",
        ),
        _SESSION_COLUMNS,
    ),
    Dataset(
        "server-samples",
        "Server samples",
        "Every interval of every worker and app. Rows without an app describe the process.",
        ExportSource(
            server_samples, "period_end", _source_columns(_SAMPLE_COLUMNS), ("app", "service")
        ),
        _SAMPLE_COLUMNS,
    ),
    Dataset(
        "client-rollups",
        "Client rollups",
        "Hours of each app, whole and by one dimension, weighted by 1/sample_rate "
        "(but not what ends in _n).",
        ExportSource(
            client_hours, "t", _source_columns(_CLIENT_HOUR_COLUMNS), ("app", "dimension", "value")
        ),
        _CLIENT_HOUR_COLUMNS,
    ),
    Dataset(
        "server-rollups",
        "Server rollups",
        "Hours of each service and app. Gauges are multiplied by the microseconds they stood.",
        ExportSource(server_hours, "t", _source_columns(_SERVER_HOUR_COLUMNS), ("app", "service")),
        _SERVER_HOUR_COLUMNS,
    ),
)
DATASETS = {dataset.name: dataset for dataset in _ALL}
