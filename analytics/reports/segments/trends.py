"""The series of some segments in time, p95 of round trips and stability, with the world behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.query import formula
from analytics.query.arrays import Arrays, Floats
from analytics.query.engine import Engine
from analytics.query.formula import quantiles_of, sums_of
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.query.resolution import FINE_FOR
from analytics.query.series import SERIES
from analytics.ranges.steps import LADDER
from analytics.ranges.timerange import TimeRange
from models.metrics.dimensions import REGION

MOST_POINTS = 60  # of a small chart
MOST_TRENDS = 9
DRAWN = {"latency_p95_ms": SERIES["client_latency_p95_ms"], "stability": SERIES["client_stability"]}
WORLD = ""  # the name of all people among `Trends.values`
HOUR_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Trend:
    """A figure per step (steps,), NaN without data, with its unweighted n."""

    values: Floats
    n: Floats


@dataclass(frozen=True, slots=True)
class Trends:
    """The steps begin at `starts`, the last ends at `end`. `by_value`: figure by key, of each value
    of the dimension and of all people (`WORLD`)."""

    starts: Sequence[datetime]
    end: datetime
    by_value: Mapping[str, Mapping[str, Trend]]


def read(
    engine: Engine, window: TimeRange, filters: FilterValues, dimension: str, values: Sequence[str]
) -> Trends:
    """Of at most `MOST_TRENDS` values. Regions need the country among the filters."""
    query = Query(
        source=SeriesSource.CLIENT, metrics=(*quantiles_of(["latency"]), *sums_of(["reports"])),
        window=window, filters=filters, least_seconds=_least_seconds(window),
    )  # fmt: skip
    split = replace(
        query, filters={**filters, dimension: tuple(values[:MOST_TRENDS])}, group_by=(dimension,)
    )
    if len(split.dimensions) < 2 or (window.length <= FINE_FOR and REGION not in split.dimensions):
        query, split = (
            replace(each, metrics=(*each.metrics, *sums_of(["sessions", "calm_sessions"])))
            for each in (query, split)
        )
    of_values = engine.arrays(engine.plan(split))
    plan = engine.plan(replace(query, grid=of_values.grid))
    of_world = engine.arrays(plan)
    by_value = {
        labels[dimension]: _trends(of_values, row) for row, labels in enumerate(of_values.labels)
    }
    edges = of_values.grid.edges
    return Trends(edges[:-1], edges[-1], by_value | {WORLD: _trends(of_world, 0)})


def _least_seconds(window: TimeRange) -> float:
    seconds = window.length / timedelta(seconds=1) / MOST_POINTS
    fitting = [step.seconds for step in LADDER if step.seconds >= seconds]
    return max(fitting[0] if fitting else LADDER[-1].seconds, HOUR_SECONDS)


def _trends(arrays: Arrays, row: int) -> dict[str, Trend]:
    own = arrays.select([row])
    values = {key: formula.values(series.formula, own) for key, series in DRAWN.items()}
    return {
        key: Trend(np.asarray(each.value[0]), np.asarray(each.n[0])) for key, each in values.items()
    }
