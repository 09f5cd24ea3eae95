"""How a judged metric is called, and the charted series that has its values."""

from collections.abc import Mapping

from analytics.geo.countries import value_name
from analytics.query.query import SeriesSource
from analytics.query.series import SERIES, Aggregation, Series
from models.metrics.client_catalogue import METRICS
from models.metrics.dimensions import DIMENSIONS
from models.metrics.metric import Kind, Metric
from models.metrics.server_catalogue import SERVER_METRICS, ServerMetric

P95 = "p95"
JUDGED_AS = (Aggregation.COUNT, Aggregation.RATIO, Aggregation.MEAN, Aggregation.P95)
_series = {
    (each.source, each.metric): each for each in SERIES.values() if each.aggregation in JUDGED_AS
}


def metric_of(source: str, key: str) -> Metric | ServerMetric | None:
    """The metric of a catalogue; `None` where it is no longer there."""
    return METRICS.get(key) if source == "client" else SERVER_METRICS.get(key)


def series_of(source: str, key: str) -> Series | None:
    """The charted series of the values that are judged: of durations that of p95."""
    return _series.get((SeriesSource(source), key))


def statistic_of(source: str, key: str) -> str | None:
    """What is judged of a metric with several: p95 of durations."""
    metric = metric_of(source, key)
    return P95 if metric is not None and metric.kind is Kind.HISTOGRAM else None


def label_of(source: str, key: str) -> str:
    """`Round trip p95`; the key of a metric that is no longer there."""
    metric = metric_of(source, key)
    if metric is None:
        return key
    return " ".join(filter(None, (metric.label, statistic_of(source, key))))


def slice_text(labels: Mapping[str, str]) -> str:
    """`Brazil`, `release 2.4.1, Safari`: values by dimension, in words."""
    return ", ".join(value_text(dimension, value) for dimension, value in labels.items())


def value_text(dimension: str, value: str) -> str:
    """The value of a dimension; where it does not speak for itself with the dimension's name."""
    name = value_name(dimension, value)
    if dimension in ("country", "browser"):
        return name
    return f"{DIMENSIONS.get(dimension, dimension.replace('_', ' ')).lower()} {name}"
