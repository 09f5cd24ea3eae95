"""The running totals and the gauges of now as Prometheus metric families, prefix `wsmon_`.

Totals come from the store, where they grow by each stored sample once: they are the same whichever
worker is asked, and go on when workers come and go.
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

from analytics.histogram import BOUNDS_US

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "wsmon_"
SOURCE = ("service", "app")
LIMITS_SECONDS = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0),
)
# name in the totals: (name shown, help, name of the label)
COUNTERS: dict[str, tuple[str, str, str]] = {
    "opened": ("connections_opened", "Connections opened.", ""),
    "closed": ("connections_closed", "Connections closed, by close code and who closed.", "code"),
    "rejected": ("handshakes_rejected", "Handshakes refused, by HTTP status.", "status"),
    "sent": ("messages_sent", "Messages sent to clients.", ""),
    "received": ("messages_received", "Messages received from clients.", ""),
    "bytes_sent": ("message_sent_bytes", "Payload bytes sent.", ""),
    "bytes_received": ("message_received_bytes", "Payload bytes received.", ""),
    "sent_by_type": ("messages_sent_by_type", "Messages sent, by type.", "type"),
    "received_by_type": ("messages_received_by_type", "Messages received, by type.", "type"),
    "errors": ("errors", "Faults, by kind.", "kind"),
    "slow_closes": ("slow_reader_closes", "Connections closed because nobody read.", ""),
    "stale": ("stale_connections", "Half-open connections found by ping.", ""),
}
HISTOGRAMS = {
    "latency": ("message_latency_seconds", "Round trip of a ping from the server."),
    "broadcast": ("broadcast_seconds", "Bringing one message to all members on a worker."),
    "processing": ("processing_seconds", "Handling one request."),
    "duration": ("connection_duration_seconds", "How long connections lasted."),
    "loop_lag": ("event_loop_lag_seconds", "How late the event loop woke."),
}
GAUGES = {
    "active": ("connections_active", "Connections open now."),
    "rooms": ("rooms_active", "Rooms with members now."),
    "members": ("room_members", "Members of rooms now."),
}
PROCESS_GAUGES = {
    "memory_bytes": ("worker_memory_bytes", "Resident memory of the workers."),
    "descriptors": ("worker_open_descriptors", "Open descriptors of the workers."),
    "outbox_bytes": ("outbox_bytes", "Bytes waiting for slow readers."),
}
Row = Mapping[str, Any]
Sums = dict[tuple[str, str], dict[str, float]]


def exposition(totals: Iterable[Row], now: Iterable[Row]) -> bytes:
    """The text of `/metrics`. `totals` and `now` are rows of `models.sample_queries`."""
    registry = CollectorRegistry()
    registry.register(_Families([*_of_totals(totals), *_of_gauges(list(now))]))
    return generate_latest(registry)


class _Families(Collector):
    """Families that are made already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        return iter(self._families)


def _of_totals(totals: Iterable[Row]) -> Iterator[Metric]:
    by_name: dict[str, Sums] = {}
    for row in totals:
        source = (row["service"], row["app"])
        by_name.setdefault(row["name"], {}).setdefault(source, {})[row["label"]] = row["value"]
    for name, (shown, text, label) in COUNTERS.items():
        yield _counter(PREFIX + shown, text, label, by_name.get(name, {}))
    yield _seconds(by_name.get("cpu_ms", {}))
    for name, (shown, text) in HISTOGRAMS.items():
        sums = by_name.get(f"{name}_sum_us", {})
        yield _histogram(PREFIX + shown, text, by_name.get(name, {}), sums)


def _counter(name: str, text: str, label: str, sums: Sums) -> Metric:
    names = [*SOURCE, *({"code": ["code", "closed_by"]}.get(label, [label] if label else []))]
    family = CounterMetricFamily(name, text, labels=names)
    for source, values in sums.items():
        for value_label, value in values.items():
            parts = value_label.split("/", 1) if label == "code" else [value_label]
            family.add_metric([*source, *(parts if label else [])], value)
    return family


def _seconds(sums: Sums) -> Metric:
    family = CounterMetricFamily(
        f"{PREFIX}worker_cpu_seconds", "Processor time of the workers.", labels=SOURCE
    )
    for source, values in sums.items():
        family.add_metric(source, sum(values.values()) / 1000)
    return family


def _histogram(name: str, text: str, counts: Sums, sums: Sums) -> Metric:
    family = HistogramMetricFamily(name, text, labels=SOURCE)
    for source, buckets in counts.items():
        total_us = sum(sums.get(source, {}).values())
        family.add_metric(source, _cumulative(buckets), total_us / 1e6)
    return family


def _cumulative(buckets: Mapping[str, float]) -> list[tuple[str, float]]:
    """Counts up to each limit. A bucket counts below a limit when its upper bound is."""
    found, ends = [], sorted((BOUNDS_US[int(b) + 1], count) for b, count in buckets.items())
    edges = [end for end, _ in ends]
    for limit in LIMITS_SECONDS:
        within = bisect_right(edges, limit * 1e6)
        found.append((str(limit), sum(count for _, count in ends[:within])))
    return [*found, ("+Inf", sum(count for _, count in ends))]


def _of_gauges(now: Sequence[Row]) -> Iterator[Metric]:
    apps = [row for row in now if row["app"] is not None]
    for name, (shown, text) in GAUGES.items():
        family = GaugeMetricFamily(PREFIX + shown, text, labels=SOURCE)
        for source in sorted({(row["service"], row["app"]) for row in apps}):
            rows = [row for row in apps if (row["service"], row["app"]) == source]
            family.add_metric(source, sum(row[name] for row in rows))
        yield family
    for name, (shown, text) in PROCESS_GAUGES.items():
        yield _by_instance(PREFIX + shown, text, name, now)


def _by_instance(shown: str, text: str, name: str, now: Sequence[Row]) -> Metric:
    family = GaugeMetricFamily(shown, text, labels=["service", "instance"])
    values: dict[tuple[str, str], float] = {}
    for row in now:
        if row[name] is not None:
            key = (row["service"], row["instance"])
            values[key] = max(values.get(key, 0), row[name])
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
