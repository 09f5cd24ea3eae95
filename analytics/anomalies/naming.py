"""How a judged metric is called, and the charted series that has its values."""

from collections.abc import Mapping

from analytics.geo.countries import value_name
from analytics.query.series import SERIES, Aggregation, Series
from models.metrics.dimensions import DIMENSIONS

JUDGED_AS = (Aggregation.COUNT, Aggregation.RATIO, Aggregation.MEAN, Aggregation.P95)
_series = {
    (each.source.value, each.metric): each
    for each in SERIES.values()
    if each.aggregation in JUDGED_AS
}


def series_of(source: str, key: str) -> Series | None:
    """The charted series of the values that are judged: of durations that of p95. `None` where the
    metric is no longer there."""
    return _series.get((source, key))


def keys_of(source: str) -> list[str]:
    """The keys of the metrics of a source, in the order of its catalogue."""
    return [key for of, key in _series if of == source]


def statistic_of(source: str, key: str) -> str | None:
    """What is judged of a metric with several: p95 of durations."""
    series = series_of(source, key)
    is_p95 = series is not None and series.aggregation is Aggregation.P95
    return Aggregation.P95.value if is_p95 else None


def label_of(source: str, key: str) -> str:
    """`Round trip p95`; the key of a metric that is no longer there."""
    series = series_of(source, key)
    return key if series is None else series.title


def app_text(app: str) -> str:
    """`portal`; what tells of the processes is of all apps."""
    return value_name("app", app)


def slice_text(labels: Mapping[str, str]) -> str:
    """`Brazil`, `release 2.4.1, Safari`: values by dimension, in words."""
    return ", ".join(value_text(dimension, value) for dimension, value in labels.items())


def value_text(dimension: str, value: str) -> str:
    """The value of a dimension; where it does not speak for itself with the dimension's name."""
    name = value_name(dimension, value)
    if dimension in ("country", "browser"):
        return name
    return f"{DIMENSIONS.get(dimension, dimension.replace('_', ' ')).lower()} {name}"
