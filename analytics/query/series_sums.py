"""What adds up per step, whoever measured it, and the values of a series made of it.

One shape for server and browsers: counts with how many told them, gauges as sums with weights,
histograms. Percentiles, shares and rates come last, so nothing is an average of averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.query.series import PERCENTILES, RATE_SECONDS, Aggregation, Series
from analytics.stats.merging import Merged, percentiles_ms
from analytics.stats.summaries import durations_of, share_of

DECIMALS = 6


@dataclass(slots=True)
class Count:
    """Weighted `values` and unweighted `seen` per step. `whole` is the range's own count where
    steps do not add up to it (a session of two steps is one session)."""

    values: list[float]
    seen: list[int]
    whole: tuple[float, int] | None = None

    @property
    def total(self) -> tuple[float, int]:
        """Over the range, weighted and unweighted."""
        return self.whole or (sum(self.values), sum(self.seen))


@dataclass(slots=True)
class Gauge:
    """Per step the sum of weighted values, the sum of weights, and how many values there were."""

    sums: list[float]
    weights: list[float]
    n: list[int]


@dataclass(slots=True, kw_only=True)
class Sums:
    """Everything of one source: `starts` of its steps, how many `told` in each (reports, samples),
    for how many `seconds` each was measured, and `span_seconds` over all."""

    starts: Sequence[datetime]
    told: list[int]
    seconds: list[float]
    span_seconds: float
    counts: dict[str, Count] = field(default_factory=dict)
    gauges: dict[str, Gauge] = field(default_factory=dict)
    histograms: dict[str, Merged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """A value with what it rests on: reports or samples of a count or rate, trials of a ratio,
    durations of a percentile. `low` and `high` are a ratio's 95 % interval."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


NOTHING = Value(None, 0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A series: (step start, value) where there is one, and the value over the whole range."""

    series: Series
    points: list[tuple[datetime, Value]]
    over_range: Value


def drawn(series: Series, sums: Sums) -> Drawn:
    """The values of one series."""
    values = _of_steps(series, sums)
    points = [
        (t, value) for t, value in zip(sums.starts, values, strict=True) if value.value is not None
    ]
    return Drawn(series, points, _over_range(series, sums) if points else NOTHING)


def _of_steps(series: Series, sums: Sums) -> list[Value]:
    if series.aggregation in PERCENTILES:
        merged = sums.histograms[series.part]
        found = percentiles_ms(merged.counts, PERCENTILES[series.aggregation])
        return [Value(value, int(n)) for value, n in zip(found, merged.n, strict=True)]
    if series.aggregation is Aggregation.MEAN:
        gauge = sums.gauges[series.part]
        return [_mean(*row) for row in zip(gauge.sums, gauge.weights, gauge.n, strict=True)]
    if series.aggregation is Aggregation.RATIO:
        return [_ratio(series, sums, place) for place in range(len(sums.starts))]
    values = sums.counts[series.part].values
    return [
        _counted(series, value, seconds, told)
        for value, seconds, told in zip(values, sums.seconds, sums.told, strict=True)
    ]


def _over_range(series: Series, sums: Sums) -> Value:
    if series.aggregation in PERCENTILES:
        found = durations_of(sums.histograms[series.part])
        return Value(getattr(found, series.aggregation.value), found.n)
    if series.aggregation is Aggregation.MEAN:
        gauge = sums.gauges[series.part]
        return _mean(sum(gauge.sums), sum(gauge.weights), sum(gauge.n))
    if series.aggregation is Aggregation.RATIO:
        return _ratio(series, sums, None)
    total, _ = sums.counts[series.part].total
    return _counted(series, total, sums.span_seconds, sum(sums.told))


def _mean(whole: float, weight: float, n: int) -> Value:
    return Value(round(whole / weight, DECIMALS), n) if weight and n else NOTHING


def _ratio(series: Series, sums: Sums, place: int | None) -> Value:
    def of(part: str) -> tuple[float, int]:
        count = sums.counts[part]
        return count.total if place is None else (count.values[place], count.seen[place])

    wholes = [of(part) for part in series.whole]
    n = sum(seen for _, seen in wholes)
    share = share_of(of(series.part)[0], sum(value for value, _ in wholes), n)
    return Value(share.value, share.n, share.low, share.high)


def _counted(series: Series, value: float, seconds: float, told: int) -> Value:
    """A count, or a rate over the seconds that were measured."""
    if not told:
        return NOTHING
    per = RATE_SECONDS.get(series.aggregation)
    if per is None:
        return Value(float(round(value)), told)
    return Value(round(value / seconds * per, DECIMALS) if seconds > 0 else None, told)
