"""Reads what a baseline stores, and what is compared with it: the hours of a range, in two
questions to the engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from analytics.alerting.rules.rule import Source
from analytics.baselines.measures import measures_of
from analytics.query.arrays import Arrays, Floats
from analytics.query.engine import Engine
from analytics.query.not_counted import NotCounted
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import HOUR, ceil_to, floor_to
from analytics.ranges.timerange import TimeRange
from analytics.reports.segments.reading import reports_in
from analytics.stats.over_hours.residuals import Index
from analytics.stats.session_moments import SIZE
from models.metrics.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyFigures:
    """What the hours of [start, end) of a source hold, of one label set; the first and the last
    may be cut. `moments` (SIZE,) are all 0 where it is not known how sessions vary. `not_counted`
    says what the store does not keep, by figure."""

    source: Source
    start: datetime
    end: datetime
    arrays: Arrays
    moments: Floats
    zone: str
    not_counted: Mapping[str, NotCounted]

    @property
    def hours_of_day(self) -> Index:
        """The hour of the day of each hour on the clocks of the zone, (hours,)."""
        return hours_of_day(self.arrays.grid.edges[:-1], self.zone)

    @property
    def hours(self) -> int:
        """In how many hours there are rows."""
        return int(np.count_nonzero(self.arrays.observed[0]))


def hours_of_day(starts: Iterable[datetime], zone: str) -> Index:
    """The hour, from 0 to 23, in which each instant lies on the clocks of `zone`."""
    clock = ZoneInfo(zone)
    return np.array([at.astimezone(clock).hour for at in starts], dtype=np.int64)


def read(
    engine: Engine, window: TimeRange, source: Source, filters: Mapping[str, str], zone: str
) -> HourlyFigures:
    """The hours of `window`, which is widened as all ranges are."""
    query = Query(
        source=SeriesSource(source), metrics=(), window=window,
        filters={name: (value,) for name, value in filters.items()}, zone=zone,
    )  # fmt: skip
    covered = engine.plan(query).window
    metrics = tuple(measure.formula for measure in measures_of(source))
    plan = engine.plan(replace(query, metrics=metrics, window=covered, grid=hourly_grid(covered)))
    arrays = engine.arrays(plan)
    moments = np.zeros(SIZE)
    if source == "client":
        reports = reports_in(engine, covered) if filters else int(arrays.observed.sum())
        moments = engine.session_moments(plan, [{}], reports).values[0]
    return HourlyFigures(
        source=source, start=covered.start, end=covered.end, arrays=arrays, moments=moments,
        zone=zone, not_counted=plan.not_counted,
    )  # fmt: skip


def hourly_grid(window: TimeRange) -> Grid:
    """The hours of UTC that `window` touches, the first and the last cut where it cuts them."""
    first, last = ceil_to(window.start, HOUR), floor_to(window.end, HOUR)
    hours = range(max(0, (last - first) // HOUR) + 1)
    within = [edge for edge in (first + HOUR * n for n in hours) if edge < window.end]
    edges = tuple(dict.fromkeys([window.start, *within, window.end]))
    is_full = first == window.start and last == window.end
    return Grid(edges, int(HOUR.total_seconds()) if is_full else 0)
