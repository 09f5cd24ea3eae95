"""The registry of series that can be charted, derived from the two metric catalogues.

Names are those of the API: server series have no prefix (`active_connections`, `opened`,
`latency_p95_ms`), client series begin with `client_` (`client_drops`, `client_latency_p95_ms`).
A metric added to a catalogue gets its series with no other change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from analytics.query.formula import Formula
from analytics.query.metric_formula import formula_of, is_custom, mean_of, rate_of, sum_of
from analytics.query.query import SeriesSource
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Kind, Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric


class Aggregation(StrEnum):
    """How the values of a step become one. The mean of a server gauge is weighted by time."""

    COUNT = "count"
    PER_MINUTE = "per minute"
    PER_SECOND = "per second"
    RATIO = "ratio"
    MEAN = "mean"
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"


PERCENTILES = {Aggregation.P50: 0.5, Aggregation.P95: 0.95, Aggregation.P99: 0.99}
RATE_SECONDS = {Aggregation.PER_MINUTE: 60, Aggregation.PER_SECOND: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series, computed by `formula`.

    `unit` is never empty: `count` adds up over a step, `number` is a level, `share` is from 0 to 1.
    `threshold` is the default alert limit in `unit`.
    """

    name: str
    label: str
    help: str
    unit: str
    source: SeriesSource
    metric: str
    aggregation: Aggregation
    formula: Formula
    worse: Worse = Worse.NEITHER
    threshold: float | None = None

    @property
    def variant(self) -> str:
        """Its suffix among the series of its metric: `p95`, `per minute`, or empty."""
        return "" if self.aggregation in _PLAIN else self.aggregation.value

    @property
    def title(self) -> str:
        """`Round trip p95`."""
        return f"{self.label} {self.variant}".strip()


_PLAIN = (Aggregation.COUNT, Aggregation.RATIO, Aggregation.MEAN)
_PER_SECOND = frozenset({"sent", "received", "bytes_sent", "bytes_received"})
_API_NAMES = {"active": "active_connections", "rooms": "active_rooms", "members": "room_members"}

# Counts outside the catalogues: reports and sessions, and the closes of abnormal codes.
REPORTS = Metric(
    key="reports", label="Reports", help="Reports that browsers sent.", kind=Kind.COUNT
)
SESSIONS = Metric(
    key="sessions", label="Sessions", help="Sessions that reported, each once.", kind=Kind.COUNT
)
ABNORMAL = ServerMetric(
    key="abnormal_closes",
    label="Abnormal closes",
    help="Connections closed with another code than 1000, 1001 and 1005.",
    kind=Kind.COUNT,
    worse=Worse.UP,
)
_SERVER_MEANS = {
    "active": ("connection_ms", "covered_ms", "samples"),
    "rooms": ("room_ms", "covered_ms", "samples"),
    "members": ("member_ms", "covered_ms", "samples"),
    "memory_bytes": ("process_memory_bytes", "memory_bytes_us", "memory_bytes_samples"),
    "descriptors": ("process_descriptors", "descriptors_us", "descriptors_samples"),
    "outbox_bytes": ("outbox_byte_us", "outbox_us", "outbox_samples"),
}
# The same messages split by a label: their sum is the series at the right.
SPLITS = {"sent_by_type": "sent", "received_by_type": "received"}


def series_of(
    client: Iterable[Metric] = CATALOG, server: Iterable[ServerMetric] = SERVER_CATALOG
) -> dict[str, Series]:
    """The series of both catalogues by name, in catalogue order."""
    registry = [
        *(
            metric_series
            for metric in (*server, ABNORMAL)
            for metric_series in _metric_series(SeriesSource.SERVER, metric)
        ),
        *(
            metric_series
            for metric in (*client, REPORTS, SESSIONS)
            for metric_series in _metric_series(SeriesSource.CLIENT, metric)
        ),
    ]
    return {series.name: series for series in registry}


def _metric_series(source: SeriesSource, metric: Metric | ServerMetric) -> Iterator[Series]:
    if metric.key in SPLITS and source is SeriesSource.SERVER:
        return
    if metric.kind is Kind.HISTOGRAM and not is_custom(metric):
        for aggregation in PERCENTILES:
            yield _percentile_series(source, metric, aggregation)
    elif metric.kind is Kind.RATIO:
        yield _series(source, metric, Aggregation.RATIO, "share")
    elif metric.kind in (Kind.GAUGE, Kind.HISTOGRAM):  # custom values have no stored histogram
        yield _series(source, metric, Aggregation.MEAN, metric.unit or "number")
    else:
        yield _series(source, metric, Aggregation.COUNT, metric.unit or "count")
        if metric.unit != "ms" and metric is not SESSIONS:
            yield _rate_series(source, metric)


def _rate_series(source: SeriesSource, metric: Metric | ServerMetric) -> Series:
    is_fast = metric.key in _PER_SECOND
    rate = Aggregation.PER_SECOND if is_fast else Aggregation.PER_MINUTE
    unit = f"{metric.unit}/{'s' if is_fast else 'min'}"
    return _series(source, metric, rate, unit, suffix="_" + rate.value.replace(" ", "_"))


def _percentile_series(
    source: SeriesSource, metric: Metric | ServerMetric, share: Aggregation
) -> Series:
    base = metric.key.removesuffix("_ms")
    name = f"{base}_{share.value}_ms"
    return _series(source, metric, share, metric.unit or "ms", name=name)


def _series(
    source: SeriesSource,
    metric: Metric | ServerMetric,
    aggregation: Aggregation,
    unit: str,
    *,
    name: str = "",
    suffix: str = "",
) -> Series:
    is_client = source is SeriesSource.CLIENT
    base_name = (
        name or (metric.key if is_client else _API_NAMES.get(metric.key, metric.key)) + suffix
    )
    has_limit = aggregation in (Aggregation.P95, Aggregation.RATIO, Aggregation.MEAN)
    return Series(
        name=f"client_{base_name}" if is_client else base_name,
        label=metric.label,
        help=metric.help,
        unit=unit,
        source=source,
        metric=metric.key,
        aggregation=aggregation,
        formula=_formula(source, metric, aggregation),
        worse=metric.worse,
        threshold=metric.threshold if has_limit else None,
    )


def _formula(
    source: SeriesSource, metric: Metric | ServerMetric, aggregation: Aggregation
) -> Formula:
    if aggregation is Aggregation.MEAN:
        return mean_of(*_mean_parts(source, metric))
    is_client = source is SeriesSource.CLIENT
    rows, exposure = ("reports", "elapsed_ms") if is_client else ("samples", "covered_ms")
    formula = formula_of(metric, rows, PERCENTILES.get(aggregation, 0.0))
    if aggregation in RATE_SECONDS:
        return rate_of(formula, exposure, per=1000.0 * RATE_SECONDS[aggregation])
    return formula


def _mean_parts(source: SeriesSource, metric: Metric | ServerMetric) -> tuple[str, str, str]:
    """The weighted sum, its weight, and n."""
    if source is SeriesSource.SERVER:
        return _SERVER_MEANS[metric.key]
    if isinstance(metric, Metric) and metric.is_state:
        return metric.key, "state_minutes", "heard_sessions"
    name = sum_of(metric)
    return name, f"{name}_n", f"{name}_n"


SERIES = series_of()
