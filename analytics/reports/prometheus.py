"""Running totals and current gauges as Prometheus metric families, prefix `wsmon_`.

Totals are read from the store, where each stored sample adds to them once: they are the same on
every worker and survive restarts of workers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from models.metrics.histogram import BOUNDS_US
from models.metrics.metric import Kind
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "wsmon_"
SOURCE_LABELS = ("service", "app")
BUCKET_LIMITS_SECONDS = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0),
)
Row = Mapping[str, Any]
LabelledValues = dict[tuple[str, str], dict[str, float]]


def exposition(totals: Iterable[Row], now: Iterable[Row]) -> bytes:
    """The text of `/metrics`. `totals` and `now` are rows of `models.queries.sample_queries`."""
    registry = CollectorRegistry()
    registry.register(_Families([*_total_families(totals), *_gauge_families(list(now))]))
    return generate_latest(registry)


class _Families(Collector):
    """A collector of ready-made families."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


def _total_families(totals: Iterable[Row]) -> Iterator[Metric]:
    by_name: dict[str, LabelledValues] = {}
    for row in totals:
        source = (row["service"], row["app"])
        by_name.setdefault(row["name"], {}).setdefault(source, {})[row["label"]] = row["value"]
    for metric in _of_kind(Kind.COUNT):
        yield _counter(metric, by_name.get(metric.key, {}))
    yield _cpu_seconds(by_name.get("cpu_ms", {}))
    for metric in _of_kind(Kind.HISTOGRAM):
        sums = by_name.get(f"{metric.key}_sum_us", {})
        yield _histogram(metric, by_name.get(metric.key, {}), sums)


def _of_kind(kind: Kind) -> list[ServerMetric]:
    return [metric for metric in SERVER_CATALOG if metric.kind is kind]


def _counter(metric: ServerMetric, sums: LabelledValues) -> Metric:
    names = [*SOURCE_LABELS, *metric.split_by]
    family = CounterMetricFamily(PREFIX + metric.exposed, metric.help, labels=names)
    for source, values in sums.items():
        for label, value in values.items():
            family.add_metric([*source, *_label_values(label, len(metric.split_by))], value)
    return family


def _label_values(label: str, names: int) -> list[str]:
    """`1006/nobody` as two labels; what a service did not report is empty."""
    parts = label.split("/", names - 1) if names else []
    return [*parts, *[""] * (names - len(parts))]


def _cpu_seconds(sums: LabelledValues) -> Metric:
    family = CounterMetricFamily(
        f"{PREFIX}worker_cpu_seconds", "Processor time of the workers.", labels=SOURCE_LABELS
    )
    for source, values in sums.items():
        family.add_metric(source, sum(values.values()) / 1000)
    return family


def _histogram(metric: ServerMetric, counts: LabelledValues, sums: LabelledValues) -> Metric:
    family = HistogramMetricFamily(PREFIX + metric.exposed, metric.help, labels=SOURCE_LABELS)
    for source, buckets in counts.items():
        total_us = sum(sums.get(source, {}).values())
        family.add_metric(source, _cumulative(buckets), total_us / 1e6)
    return family


def _cumulative(buckets: Mapping[str, float]) -> list[tuple[str, float]]:
    """Cumulative counts up to each limit; a bucket counts where its upper bound is within it."""
    cumulative, ends = [], sorted((BOUNDS_US[int(b) + 1], count) for b, count in buckets.items())
    edges = [end for end, _ in ends]
    for limit in BUCKET_LIMITS_SECONDS:
        within = bisect_right(edges, limit * 1e6)
        cumulative.append((str(limit), sum(count for _, count in ends[:within])))
    return [*cumulative, ("+Inf", sum(count for _, count in ends))]


def _gauge_families(now: Sequence[Row]) -> Iterator[Metric]:
    for metric in _of_kind(Kind.GAUGE):
        yield _by_instance(metric, now) if metric.is_of_process else _by_source(metric, now)


def _by_source(metric: ServerMetric, now: Sequence[Row]) -> Metric:
    family = GaugeMetricFamily(PREFIX + metric.exposed, metric.help, labels=SOURCE_LABELS)
    sums: dict[tuple[str, str], int] = {}
    for row in now:
        if row["app"] is not None:
            source = (row["service"], row["app"])
            sums[source] = sums.get(source, 0) + row[metric.key]
    for source, value in sorted(sums.items()):
        family.add_metric(source, value)
    return family


def _by_instance(metric: ServerMetric, now: Sequence[Row]) -> Metric:
    name = metric.key
    labels = ["service", "instance"]
    family = GaugeMetricFamily(PREFIX + metric.exposed, metric.help, labels=labels)
    values: dict[tuple[str, str], float] = {}
    for row in now:
        if row[name] is not None:
            key = (row["service"], row["instance"])
            values[key] = max(values.get(key, 0), row[name])
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
