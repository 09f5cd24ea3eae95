"""How a metric is counted as events, so that what slices add to its change adds up; pure.

A ratio is its bad events among its trials (of stability: sessions with a drop). A
percentile does not add up over slices: its events are the durations beyond the usual p95, of which
5 % are usual. The events of a count are among reports, which stand for the time people spend.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Calculation, Formula, quantiles_of, sums_of
from analytics.query.query import SeriesSource
from analytics.query.series import PERCENTILES, SERIES, Aggregation, Series
from models.metrics.client_catalogue import METRICS
from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.metrics.metric import Worse

USUAL_SHARE = 0.95  # of durations up to the usual p95
EVENTS: Mapping[str, str] = {
    "connect_success": "failed attempts",
    "reconnect_success": "failed reconnections",
    "stability": "sessions with a drop",
    "error_rate": "failed messages",
    "message_error_rate": "failed messages",
    "failed": "failed attempts",
    "lost": "lost connections",
    "closed": "closed connections",
    "opened": "opened connections",
    "attempts": "attempts",
    "latency_ms": "round trips",
    "latency": "pings",
    "reply_ms": "replies",
    "setup_ms": "handshakes",
    "recovery_ms": "recoveries",
}


# Who fails tries again, which would make the failures few among the tries: they are counted among
# reports.
TRIED_AGAIN: Mapping[str, str] = {"connect_success": "failed"}


class NoSeries(LookupError):
    """A metric has no series, so its events cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Events are those of the sums `bad` (`is_complement`: of `among` without them), or durations
    beyond the usual p95, `among` others (none: they are counted by themselves). `noun` names
    them. `is_ratio`: more of both is no change."""

    noun: str
    bad: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    durations: str = ""
    is_complement: bool = False
    is_ratio: bool = False

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """What must be read for it."""
        durations = quantiles_of([self.durations]) if self.durations else ()
        return (*sums_of(dict.fromkeys((*self.bad, *self.among))), *durations)

    @property
    def names(self) -> tuple[str, ...]:
        """The sums and durations it needs."""
        return tuple(name for name in (*self.bad, *self.among, self.durations) if name)

    def counts(self, arrays: Arrays, usual_bucket: int) -> tuple[Floats, Floats]:
        """Events, and what they are among, (label sets, steps); zeros where they are among
        nothing."""
        if self.durations:
            counts = arrays.histograms[self.durations].counts
            return counts[..., usual_bucket + 1 :].sum(axis=-1), counts.sum(axis=-1)
        nothing = np.zeros_like(arrays.observed)
        bad, among = (
            sum((np.nan_to_num(arrays.sums[name]) for name in names), start=nothing)
            for names in (self.bad, self.among)
        )
        return (among - bad if self.is_complement else bad), among


def measure_of(source: SeriesSource, metric: str) -> Measure:
    """The events of a metric of a catalogue. Raises `NoSeries`."""
    series = _series(source, metric)
    formula, noun = series.formula, EVENTS.get(metric) or _noun(series)
    if formula.calculation is Calculation.QUANTILE:
        return Measure(noun=noun, durations=formula.durations, is_ratio=True)
    if metric in TRIED_AGAIN:
        return Measure(noun=noun, bad=(TRIED_AGAIN[metric],), among=("reports",), is_ratio=True)
    if formula.calculation is Calculation.SHARE:
        is_complement = series.worse is Worse.DOWN
        return Measure(
            noun=noun, bad=formula.numerator, among=formula.denominator,
            is_complement=is_complement, is_ratio=True,
        )  # fmt: skip
    if formula.calculation is Calculation.MEAN and source is SeriesSource.CLIENT:
        is_state = METRICS[metric].is_state
        among = ("heard_sessions",) if is_state else formula.denominator
        return Measure(noun=noun, bad=formula.numerator, among=among, is_ratio=not is_state)
    among = ("reports",) if source is SeriesSource.CLIENT else ()
    return Measure(noun=noun, bad=formula.numerator, among=among)


def usual_bucket(measure: Measure, usual: Arrays) -> int:
    """The bucket of the p95 of all durations of the usual steps; later ones are events."""
    if not measure.durations:
        return 0
    total = np.cumsum(usual.histograms[measure.durations].counts.sum(axis=(0, 1)))
    return int(np.searchsorted(total, USUAL_SHARE * total[-1])) if total[-1] else BUCKETS


def longest_ms(bucket: int) -> float:
    """The upper bound of a bucket in ms."""
    return BOUNDS_US[min(bucket + 1, BUCKETS)] / 1000


def _noun(series: Series) -> str:
    """The metric in words; of sums of amounts after their unit, which is no event."""
    units = {name.rpartition("_")[2] for name in series.formula.numerator}
    unit = {"ms", "bytes"} & units if len(units) == 1 else set()
    return " of ".join([*unit, series.label.lower()])


def _series(source: SeriesSource, metric: str) -> Series:
    of_metric = [
        each for each in SERIES.values() if each.source is source and each.metric == metric
    ]
    for each in of_metric:
        if each.aggregation not in PERCENTILES or each.aggregation is Aggregation.P95:
            return each
    raise NoSeries(f"no series of {metric!r}")
