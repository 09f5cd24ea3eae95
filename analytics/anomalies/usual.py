"""The usual range of a metric on the steps of a chart, and over its range; pure.

Stored bands are of steps of five minutes (an hour, of a value of a dimension). Over a longer step
the expected value and both bounds are combined as the values themselves are: counts add up, shares
and percentiles are averaged by n, gauges of servers over time and added up over apps (those of
processes, the same for every app, are not). What is expected of a step knows the deviation of the
one before, so deviations add up as independent ones do, by the root of their squares, and a part
of them (`SHARED`) as what all have in common. The range of a longer step is never wider than its
bounds combined, and of one step it is that of the step. A percentile of a longer step is no average
of percentiles: for those it is an approximation. Steps shorter than the stored ones have no range,
nor have longer ones of sessions: who is there in two steps is counted in both, and once in the
longer one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import sqrt

from analytics.anomalies import naming
from analytics.query.series import Aggregation
from models.anomalies.usual import BandSums, IncidentSpan
from models.metrics.server_catalogue import SERVER_CATALOG

DISTINCT = ("sessions",)  # whose counts do not add up
# Processes belong to every app: each has the figures of all.
OF_PROCESSES = {metric.key for metric in SERVER_CATALOG if metric.is_of_process}
LEAST_COVERED = 0.8  # of a step of the chart, by steps with a value and a band
SHARED = 0.1  # of the distance to the bounds, by which all steps may deviate alike
# Of what is expected, both bounds, and squares of the distances to them
Sums = tuple[float, float, float, float, float]
Judged = tuple[str, str]  # source and key of a metric

__all__ = ["IncidentSpan", "Judged", "UsualRange", "UsualValue", "added_up", "usual_ranges"]


@dataclass(frozen=True, slots=True)
class UsualValue:
    """An expected value between its bounds, in the unit of the metric."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Of one metric: by the start of each step of the chart that has one, over all of them
    (`over_range`, `None` where too few have one), and the incidents it took part in. `last` is that
    of the newest step."""

    steps: Mapping[datetime, UsualValue]
    over_range: UsualValue | None = None
    spans: Sequence[IncidentSpan] = ()

    @property
    def last(self) -> UsualValue | None:
        """That of the newest step with a range."""
        return self.steps[max(self.steps)] if self.steps else None


def usual_ranges(
    metrics: Iterable[Judged],
    edges: Sequence[datetime],
    sums: Sequence[BandSums],
    spans: Sequence[IncidentSpan],
) -> dict[Judged, UsualRange]:
    """By source and metric; those without a stored band and without incidents are left out."""
    ranges: dict[Judged, UsualRange] = {}
    of_metrics: dict[Judged, list[BandSums]] = {}
    for each in sums:
        of_metrics.setdefault((each.source, each.metric), []).append(each)
    for source, metric in metrics:
        own = of_metrics.get((source, metric), [])
        of_metric = [span for span in spans if (span.source, span.metric) == (source, metric)]
        steps = _steps(source, metric, edges, own)
        if steps or of_metric:
            total = _over_range(source, metric, own, steps, edges)
            ranges[source, metric] = UsualRange(steps, total, of_metric)
    return ranges


def _steps(
    source: str, metric: str, edges: Sequence[datetime], sums: Iterable[BandSums]
) -> dict[datetime, UsualValue]:
    steps: dict[datetime, UsualValue] = {}
    ordered = sorted(sums, key=lambda each: each.number)
    for number, group in groupby(ordered, key=lambda each: each.number):
        seconds = (edges[number + 1] - edges[number]).total_seconds()
        members = list(group)
        if metric in DISTINCT and any(each.steps > 1 for each in members):
            continue
        if any(_is_covered(each, seconds) for each in members) and not any(map(_is_open, members)):
            steps[edges[number]] = _combined(source, metric, members)
    return steps


def _is_covered(sums: BandSums, seconds: float) -> bool:
    return sums.banded * sums.step_seconds >= LEAST_COVERED * seconds


def _is_open(sums: BandSums) -> bool:
    """Whether the series had values that no band judged: what is usual of them is not known."""
    return sums.banded < LEAST_COVERED * sums.steps


def _over_range(
    source: str, metric: str, sums: Sequence[BandSums], steps: Mapping[datetime, UsualValue],
    edges: Sequence[datetime],
) -> UsualValue | None:  # fmt: skip
    members = [each for each in sums if each.banded and edges[each.number] in steps]
    measured = {each.number for each in sums}
    if not members or len(steps) < LEAST_COVERED * len(measured):
        return None
    if _adds_up(source, metric) or (_weights(members) and not _is_server_gauge(source, metric)):
        return _combined(source, metric, members)
    return _averaged(_added(map(_sums, steps.values())), len(steps))


def added_up(values: Iterable[UsualValue]) -> UsualValue:
    """The range of a sum of values."""
    return _ranged(*_added(map(_sums, values)))


def _combined(source: str, metric: str, members: Sequence[BandSums]) -> UsualValue:
    if _adds_up(source, metric):
        return _ranged(*_added((e.expected, e.low, e.high, e.below, e.above) for e in members))
    weight = _weights(members)
    if weight and not _is_server_gauge(source, metric):
        weighted = _added(
            (
                e.weighted_expected,
                e.weighted_low,
                e.weighted_high,
                e.weighted_below,
                e.weighted_above,
            )
            for e in members
        )
        return _averaged(weighted, weight)
    levels = [
        _averaged((each.expected, each.low, each.high, each.below, each.above), each.banded)
        for each in members
        if each.banded
    ]
    if metric in OF_PROCESSES:
        return max(levels, key=lambda each: each.expected)
    return added_up(levels)


def _averaged(sums: Sums, weight: float) -> UsualValue:
    expected, low, high, below, above = sums
    return _ranged(
        expected / weight, low / weight, high / weight, below / weight**2, above / weight**2
    )


def _ranged(expected: float, low: float, high: float, below: float, above: float) -> UsualValue:
    return UsualValue(
        expected,
        max(low, expected - sqrt(below + (SHARED * (expected - low)) ** 2)),
        min(high, expected + sqrt(above + (SHARED * (high - expected)) ** 2)),
    )


def _sums(value: UsualValue) -> Sums:
    below, above = value.expected - value.low, value.high - value.expected
    below = max(below, above) if value.low <= 0 else below
    return value.expected, value.low, value.high, below**2, above**2


def _added(several: Iterable[Sums]) -> Sums:
    expected = low = high = below = above = 0.0
    for each in several:
        expected, low, high = expected + each[0], low + each[1], high + each[2]
        below, above = below + each[3], above + each[4]
    return expected, low, high, below, above


def _weights(members: Iterable[BandSums]) -> int:
    return sum(each.n for each in members)


def _adds_up(source: str, metric: str) -> bool:
    return _aggregation(source, metric) is Aggregation.COUNT


def _is_server_gauge(source: str, metric: str) -> bool:
    return source == "server" and _aggregation(source, metric) is Aggregation.MEAN


def _aggregation(source: str, metric: str) -> Aggregation | None:
    series = naming.series_of(source, metric)
    return None if series is None else series.aggregation
