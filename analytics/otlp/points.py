"""Points of metrics, by whom they are of; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from analytics.otlp.exported import ExportedMetric
from analytics.query import formula
from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import Calculation
from models.metrics.histogram import BOUNDS_US, BUCKETS
from models.metrics.metric import Kind

Attributes = Mapping[str, str | int]
# Every fourth bound of our buckets, exact, in seconds: neighbours differ by 17 %.
EVERY = 4
_FIRST_BUCKETS = np.arange(0, BUCKETS, EVERY)
BOUNDS_S = tuple(BOUNDS_US[bucket] / 1e6 for bucket in _FIRST_BUCKETS[1:].tolist())


@dataclass(frozen=True, slots=True)
class Point:
    """A weighted value of [start, end); of durations their sum in seconds, `counts` (weighted,
    between `BOUNDS_S`) and the unweighted `n`."""

    metric: ExportedMetric
    start: datetime
    end: datetime
    value: float
    resource: Attributes
    attributes: Attributes = field(default_factory=dict)
    counts: tuple[int, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a label set is."""

    resource: Attributes
    attributes: Attributes = field(default_factory=dict)


def points_of(metric: ExportedMetric, arrays: Arrays, owners: Sequence[Owner]) -> Iterator[Point]:
    """The points of a metric: of each label set, whose owners are parallel, and step with rows."""
    if metric.kind is Kind.HISTOGRAM:
        yield from _histogram_points(metric, arrays, owners)
    elif metric.formula is not None:
        values = formula.values(metric.formula, arrays).value
        if metric.formula.calculation is Calculation.COUNT:  # no rows, no count of 0
            values = np.where(arrays.observed > 0, values, np.nan)
        yield from points_of_values(metric, arrays, values, owners)


def points_of_values(
    metric: ExportedMetric, arrays: Arrays, values: Floats, owners: Sequence[Owner]
) -> Iterator[Point]:
    """The points of `values` (label sets, steps); none where it is NaN."""
    edges = arrays.grid.edges
    for row, step in np.argwhere(~np.isnan(values)).tolist():
        owner = owners[row]
        yield Point(
            metric, edges[step], edges[step + 1], float(values[row, step]) / metric.divisor,
            owner.resource, owner.attributes,
        )  # fmt: skip


def _histogram_points(
    metric: ExportedMetric, arrays: Arrays, owners: Sequence[Owner]
) -> Iterator[Point]:
    histograms, edges = arrays.histograms[metric.durations], arrays.grid.edges
    counts = np.add.reduceat(histograms.counts, _FIRST_BUCKETS, axis=-1)
    for row, step in np.argwhere(histograms.n > 0).tolist():
        owner = owners[row]
        yield Point(
            metric, edges[step], edges[step + 1], float(histograms.sums_us[row, step]) / 1e6,
            owner.resource, owner.attributes,
            tuple(np.rint(counts[row, step]).astype(int).tolist()), int(histograms.n[row, step]),
        )  # fmt: skip
