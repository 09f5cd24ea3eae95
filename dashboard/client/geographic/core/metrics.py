"""The metrics of a map: their names, how they are formatted, which direction is bad."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from analytics.alerting.rules.rule import Aggregation
from dashboard.core.numbers import (
    DASH,
    change,
    count,
    duration_text,
    figures,
    percent,
    percent_text,
    signed_points,
)
from models.metrics.client_catalogue import METRICS
from models.metrics.metric import Worse


class Scale(StrEnum):
    """What a value is: milliseconds, a share from 0 to 1, a rate, or a count."""

    MS = "ms"
    SHARE = "share"
    RATE = "rate"
    COUNT = "count"


TOO_FEW = "too few sessions for an interval"
LEAST_STEP = {Scale.MS: 1.0, Scale.SHARE: 0.001, Scale.RATE: 0.001, Scale.COUNT: 1.0}
TABLE_KINDS = {Scale.MS: "ms", Scale.SHARE: "share", Scale.RATE: "number", Scale.COUNT: "count"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionMetric:
    """One metric of regions. `heading` names the table whose worst rows are on top.

    `series` is that of its history, `counted_as` what that counts where it adds up over people;
    `metric` and `aggregation` are those of an alert rule on it, empty where there is none.
    """

    key: str
    label: str
    scale: Scale
    worse: Worse
    heading: str
    unit: str = ""
    threshold: float | None = None
    series: str = ""
    counted_as: str = ""
    metric: str = ""
    aggregation: Aggregation = "ratio"

    def text(self, value: float | None) -> str:
        """A value with its unit, a dash for none."""
        if value is None:
            return DASH
        if self.scale is Scale.MS:
            return duration_text(value)
        if self.scale is Scale.SHARE:
            return percent_text(value)
        return count(value) if self.scale is Scale.COUNT else figures(value)

    def interval_text(self, ends: tuple[float, float] | None, *, too_few: bool = False) -> str:
        """`95 % interval 259 ms to 284 ms`; a count has none, and is named."""
        if self.scale is Scale.COUNT:
            return self.label
        if ends is None:
            return TOO_FEW if too_few else "interval not known"
        return f"95 % interval {self.text(ends[0])} to {self.text(ends[1])}"

    def bare(self, value: float | None) -> str:
        """A value without its unit, where that stands in the heading; a dash for none."""
        if value is not None and self.scale is Scale.MS:
            return figures(value) if value < 10 else count(value)
        return percent(value) if self.scale is Scale.SHARE else self.text(value)

    def change_text(self, now: float, before: float) -> str:
        """`+2.1 pt` of shares, `+12 %` of all else."""
        if self.scale is Scale.SHARE:
            return signed_points(now - before)
        return change(now / before - 1) if before else DASH

    def is_beyond(self, value: float | None) -> bool:
        """Whether the value is beyond the threshold."""
        if value is None or self.threshold is None:
            return False
        return value < self.threshold if self.worse is Worse.DOWN else value > self.threshold

    def series_text(self, value: float | None) -> str:
        """A value of its history."""
        is_time = self.series.endswith("_ms")
        return duration_text(value) if is_time and value is not None else self.text(value)

    @property
    def largest(self) -> float:
        """The largest value there can be."""
        return 1.0 if self.scale is Scale.SHARE else inf

    @property
    def series_kind(self) -> str:
        """The kind of column for values of its history."""
        return "ms" if self.series.endswith("_ms") else TABLE_KINDS[self.scale]

    @property
    def short(self) -> str:
        """The heading of a column of values: `p95, ms`."""
        if self.scale is Scale.MS:
            return f"{self.label.rpartition(' ')[2]}, ms"
        return f"{self.label}, %" if self.scale is Scale.SHARE else self.label

    @property
    def name(self) -> str:
        """The label within a sentence: `round trip p95`."""
        return self.label[:1].lower() + self.label[1:]


def _round_trip(share: Aggregation) -> RegionMetric:
    latency = METRICS["latency_ms"]
    return RegionMetric(
        key=f"latency_{share}_ms", label=f"{latency.label} {share}", scale=Scale.MS, unit="ms",
        worse=latency.worse, heading="Slowest countries", metric=latency.key, aggregation=share,
        threshold=latency.threshold if share == "p95" else None,
        series=f"client_latency_{share}_ms",
    )  # fmt: skip


def _share(key: str, heading: str) -> RegionMetric:
    metric = METRICS[key]
    return RegionMetric(
        key=key, label=metric.label, scale=Scale.SHARE, unit="%", worse=metric.worse,
        heading=heading, threshold=metric.threshold, metric=key, series=f"client_{key}",
    )  # fmt: skip


REGION_METRICS: dict[str, RegionMetric] = {
    metric.key: metric
    for metric in (
        _round_trip("p95"),
        _share("connect_success", "Countries with the most failed attempts"),
        _share("stability", "Least stable countries"),
        RegionMetric(
            key="drops_per_session_hour", label="Drops per session-hour", scale=Scale.RATE,
            worse=Worse.UP, heading="Countries with the most drops", unit="per session-hour",
            metric="drops", aggregation="rate",
            series="client_drops_per_minute", counted_as="drops per minute",
        ),
        RegionMetric(
            key="sessions", label="Client count", scale=Scale.COUNT, worse=Worse.NEITHER,
            heading="Countries with the most clients", unit="sessions",
            series="client_sessions", counted_as="sessions",
        ),
        _round_trip("p50"),
        _round_trip("p99"),
        _share("error_rate", "Countries with the most message errors"),
        RegionMetric(
            key="without_connection", label="Time without connection", scale=Scale.SHARE,
            worse=Worse.UP, heading="Countries longest without connection", unit="% of the time",
            series="client_without_connection_ms", counted_as="time without connection",
        ),
        RegionMetric(
            key="reports", label="Reports", scale=Scale.COUNT, worse=Worse.NEITHER,
            heading="Countries with the most reports", unit="reports",
            series="client_reports", counted_as="reports",
        ),
    )
}  # fmt: skip
DEFAULT_METRIC = "latency_p95_ms"
FIRST = ("latency_p95_ms", "connect_success", "stability", "drops_per_session_hour", "sessions")
