"""The durations of an answer per step."""

from datetime import timedelta

import numpy as np

from analytics.query import durations
from analytics.query.arrays import Arrays
from analytics.query.plan import plan_of
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import Coverage
from analytics.ranges.timerange import TimeRange
from analytics.stats.histograms import Histograms
from tests.support.clock import NOON


def test_durations_are_those_of_the_first_label_set_and_without_any_empty() -> None:
    window = TimeRange(NOON - timedelta(minutes=2, seconds=30), NOON)
    plan = plan_of(Query(source=SeriesSource.CLIENT, metrics=(), window=window), Coverage(at=NOON))
    histograms = Histograms.empty((2, plan.grid.steps))
    histograms.n[:] = [[1, 2, 3], [4, 5, 6]]
    arrays = Arrays(
        labels=[{}, {}], grid=plan.grid, observed=np.ones((2, plan.grid.steps)),
        histograms={"latency": histograms},
    )  # fmt: skip
    latency = durations.per_step(plan, arrays, "latency")
    assert latency.n.tolist() == [1, 2, 3]
    assert (latency.seconds, latency.cuts, latency.length) == (60, (True, False), window.length)
    assert not durations.per_step(plan, arrays, "recovery").n.any()
