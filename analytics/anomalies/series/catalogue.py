"""Which metrics are judged, as what kind, and by which formula; pure.

Every metric of both catalogues is judged for an app as a whole, by the formula of its chart: counts
as counts, durations by their p95, gauges by their mean, ratios with their trials. Six of browsers
are judged for each of the most frequent values of a dimension too.
"""

from dataclasses import dataclass

from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.kinds import Worse as Bad
from analytics.query.formula import Formula
from analytics.query.query import SeriesSource
from analytics.query.series import SERIES, Aggregation, Series
from models.metrics.anomalies.series_key import SeriesKey
from models.metrics.metric import Worse
from models.metrics.server_catalogue import SERVER_METRICS

MOST_APPS = 10  # those with the most sessions
MOST_VALUES = 20  # of a dimension and app, those with the most sessions
VALUE_DIMENSIONS = ("country", "effective_type", "browser", "release")
VALUE_METRICS = ("drops", "connect_success", "stability", "latency_ms", "error_rate", "sessions")
TRAFFIC = frozenset({"reports", "sessions"})  # no row at all is a count of 0
_kinds = {
    Aggregation.COUNT: SeriesKind.COUNT,
    Aggregation.RATIO: SeriesKind.RATIO,
    Aggregation.MEAN: SeriesKind.GAUGE,
    Aggregation.P95: SeriesKind.LATENCY,
}
LEVELS = frozenset({"without_connection", "silent_sessions", "active", "rooms", "members"})
EVENT_SIZES = {"ms": 10_000.0, "bytes": 1_000.0}  # of sums: what one event brings, at the least
_bad = {Worse.UP: Bad.UP, Worse.DOWN: Bad.DOWN, Worse.NEITHER: Bad.BOTH}


@dataclass(frozen=True, slots=True)
class JudgedMetric:
    """One metric of one source: its kind, which direction is bad, and its value. A deviation of
    `event_size` is one event, in the unit of the metric, of ratios in trials; 0 where any is more
    than enough."""

    source: SeriesSource
    key: str
    kind: SeriesKind
    worse: Bad
    formula: Formula
    event_size: float

    @property
    def is_traffic(self) -> bool:
        """Whether a step without any row is one of 0, not one without data."""
        return self.source is SeriesSource.CLIENT and self.key in TRAFFIC


def _judged(series: Series) -> JudgedMetric:
    kind = _kinds[series.aggregation]
    if kind is SeriesKind.GAUGE and series.unit == "ms":  # a duration: its noise is relative
        kind = SeriesKind.LATENCY
    has_events = kind in (SeriesKind.COUNT, SeriesKind.RATIO) or series.metric in LEVELS
    size = EVENT_SIZES.get(series.unit, 1.0) if has_events else 0.0
    return JudgedMetric(
        series.source, series.metric, kind, _bad[series.worse], series.formula, size
    )


JUDGED = {
    (series.source.value, series.metric): _judged(series)
    for series in SERIES.values()
    if series.aggregation in _kinds
}


def is_server_wide(key: SeriesKey) -> bool:
    """Whether it tells of whole processes, which load tests share with people."""
    of_server = SERVER_METRICS.get(key.metric) if key.source == SeriesSource.SERVER else None
    return key.metric == "loop_lag" or (of_server is not None and of_server.is_of_process)


def metrics_of(source: str, dimension: str = "") -> tuple[JudgedMetric, ...]:
    """What is judged of an app, or of each value of a dimension."""
    keys = VALUE_METRICS if dimension else tuple(key for of, key in JUDGED if of == source)
    return tuple(JUDGED[source, key] for key in keys)
