"""Encodes points as the request of OTLP, by the SDK: one message for all minutes and resources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from analytics.otlp.points import BOUNDS_S, Attributes, Point
from analytics.otlp.sdk_loading import Sdk, sdk
from models.metrics.metric import Kind

SCOPE = "websocket-analytics"
N_SUFFIX = ".n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def encode(points: Sequence[Point]) -> bytes:
    """An `ExportMetricsServiceRequest`. Raises `SdkMissing`."""
    modules = sdk()
    resources = [
        modules.export.ResourceMetrics(
            modules.resources.Resource(dict(resource)), [_scope(modules, group)], ""
        )
        for resource, group in _grouped(points).items()
    ]
    message = modules.encoder.encode_metrics(modules.export.MetricsData(resources))
    encoded: bytes = message.SerializeToString()
    return encoded


def _grouped(points: Iterable[Point]) -> Mapping[tuple[tuple[str, str | int], ...], list[Point]]:
    """By resource."""
    groups: dict[tuple[tuple[str, str | int], ...], list[Point]] = {}
    for point in points:
        groups.setdefault(tuple(sorted(point.resource.items())), []).append(point)
    return groups


def _scope(modules: Sdk, points: Iterable[Point]) -> Any:
    ordered = sorted(points, key=lambda point: (point.metric.name, point.start))
    metrics: list[Any] = []
    for _, group in groupby(ordered, key=lambda point: point.metric.name):
        metrics += _metrics(modules, list(group))
    scope = modules.instrumentation.InstrumentationScope(SCOPE)
    return modules.export.ScopeMetrics(scope, metrics, "")


def _metrics(modules: Sdk, points: Sequence[Point]) -> list[Any]:
    """The metric of these points, and of durations their n."""
    export, metric = modules.export, points[0].metric
    delta = export.AggregationTemporality.DELTA
    values = [_number(modules, point, point.value) for point in points]
    if metric.kind is Kind.GAUGE:
        return [export.Metric(metric.name, metric.help, metric.unit, export.Gauge(values))]
    if metric.kind is Kind.COUNT:
        added = export.Sum(values, delta, True)
        return [export.Metric(metric.name, metric.help, metric.unit, added)]
    histogram = export.Histogram([_histogram(modules, point) for point in points], delta)
    n = export.Sum([_number(modules, point, float(point.n)) for point in points], delta, True)
    text = f"How many were measured, before sampled sessions are weighted: {metric.help}"
    return [
        export.Metric(metric.name, metric.help, metric.unit, histogram),
        export.Metric(metric.name + N_SUFFIX, text, "1", n),
    ]


def _number(modules: Sdk, point: Point, value: float) -> Any:
    start = 0 if point.metric.kind is Kind.GAUGE else _nanoseconds(point.start)
    attributes: Attributes = dict(point.attributes)
    return modules.export.NumberDataPoint(attributes, start, _nanoseconds(point.end), value)


def _histogram(modules: Sdk, point: Point) -> Any:
    return modules.export.HistogramDataPoint(
        dict(point.attributes), _nanoseconds(point.start), _nanoseconds(point.end),
        sum(point.counts), point.value, point.counts, BOUNDS_S,
        None, None,  # the extremes are not stored
    )  # fmt: skip


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1000
