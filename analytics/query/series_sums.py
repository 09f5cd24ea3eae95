"""Additive sums per step of either source, and the values of a series computed from them.

One shape for servers and browsers: counts with their n, gauges as weighted sums, histograms.
Percentiles, shares and rates are computed last, so nothing is an average of averages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from analytics.query.series import PERCENTILES, RATE_SECONDS, Aggregation, Series
from analytics.stats.merging import StepHistograms, percentiles_ms
from analytics.stats.summaries import durations_of, share_of

DECIMALS = 6


@dataclass(slots=True)
class CountSums:
    """Weighted `values` and unweighted `n` per step. `range_total` (weighted, unweighted) is the
    count over the range where steps do not add up to it (a session in two steps counts once)."""

    values: list[float]
    n: list[int]
    range_total: tuple[float, int] | None = None

    @property
    def total(self) -> tuple[float, int]:
        """Over the range: (weighted, unweighted)."""
        return self.range_total or (sum(self.values), sum(self.n))


@dataclass(slots=True)
class GaugeSums:
    """Per step the sum of weighted values, the sum of weights, and the number of values."""

    sums: list[float]
    weights: list[float]
    n: list[int]


@dataclass(slots=True, kw_only=True)
class SeriesSums:
    """All sums of one source. Per step: its start, the reports or samples `reported`, the `seconds`
    measured; `span_seconds` are those measured over the range."""

    starts: Sequence[datetime]
    reported: list[int]
    seconds: list[float]
    span_seconds: float
    counts: dict[str, CountSums] = field(default_factory=dict)
    gauges: dict[str, GaugeSums] = field(default_factory=dict)
    histograms: dict[str, StepHistograms] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeriesValue:
    """A value with its `n`: reports or samples of a count or rate, trials of a ratio, durations of
    a percentile. `low` and `high` are a ratio's 95 % interval."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


NO_VALUE = SeriesValue(None, 0)


@dataclass(frozen=True, slots=True)
class ComputedSeries:
    """A series: (step start, value) of the steps that have one, and the value over the range."""

    series: Series
    points: list[tuple[datetime, SeriesValue]]
    over_range: SeriesValue


def compute_series(series: Series, sums: SeriesSums) -> ComputedSeries:
    """The values of one series."""
    values = _step_values(series, sums)
    points = [
        (t, value) for t, value in zip(sums.starts, values, strict=True) if value.value is not None
    ]
    return ComputedSeries(series, points, _range_value(series, sums) if points else NO_VALUE)


def _step_values(series: Series, sums: SeriesSums) -> list[SeriesValue]:
    if series.aggregation in PERCENTILES:
        merged = sums.histograms[series.part]
        percentiles = percentiles_ms(merged.counts, PERCENTILES[series.aggregation])
        return [SeriesValue(value, int(n)) for value, n in zip(percentiles, merged.n, strict=True)]
    if series.aggregation is Aggregation.MEAN:
        gauge = sums.gauges[series.part]
        return [_mean(*row) for row in zip(gauge.sums, gauge.weights, gauge.n, strict=True)]
    if series.aggregation is Aggregation.RATIO:
        return [_ratio(series, sums, index) for index in range(len(sums.starts))]
    values = sums.counts[series.part].values
    return [
        _count_or_rate(series, value, seconds, reported)
        for value, seconds, reported in zip(values, sums.seconds, sums.reported, strict=True)
    ]


def _range_value(series: Series, sums: SeriesSums) -> SeriesValue:
    if series.aggregation in PERCENTILES:
        durations = durations_of(sums.histograms[series.part])
        return SeriesValue(getattr(durations, series.aggregation.value), durations.n)
    if series.aggregation is Aggregation.MEAN:
        gauge = sums.gauges[series.part]
        return _mean(sum(gauge.sums), sum(gauge.weights), sum(gauge.n))
    if series.aggregation is Aggregation.RATIO:
        return _ratio(series, sums, None)
    total, _ = sums.counts[series.part].total
    return _count_or_rate(series, total, sums.span_seconds, sum(sums.reported))


def _mean(total: float, weight: float, n: int) -> SeriesValue:
    return SeriesValue(round(total / weight, DECIMALS), n) if weight and n else NO_VALUE


def _ratio(series: Series, sums: SeriesSums, index: int | None) -> SeriesValue:
    def of(part: str) -> tuple[float, int]:
        count = sums.counts[part]
        return count.total if index is None else (count.values[index], count.n[index])

    denominators = [of(part) for part in series.denominator]
    n = sum(trials for _, trials in denominators)
    share = share_of(of(series.part)[0], sum(value for value, _ in denominators), n)
    return SeriesValue(share.value, share.n, share.low, share.high)


def _count_or_rate(series: Series, value: float, seconds: float, reported: int) -> SeriesValue:
    """A count, or a rate over the seconds measured."""
    if not reported:
        return NO_VALUE
    per = RATE_SECONDS.get(series.aggregation)
    if per is None:
        return SeriesValue(float(round(value)), reported)
    return SeriesValue(round(value / seconds * per, DECIMALS) if seconds > 0 else None, reported)
