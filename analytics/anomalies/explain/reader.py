"""Reads the slices of a change: all events in the usual windows, then every dimension in them.

People are read from raw reports, by all dimensions at once: one statement a window. Where the
reports are too many or no longer stored, single values are read from cells, and pairs are not
counted. Servers are read by service, app, label and worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from analytics.anomalies.explain import server_tables, windows
from analytics.anomalies.explain.candidates import Slices
from analytics.anomalies.explain.measure import Measure, measure_of, usual_bucket
from analytics.anomalies.explain.table import Table, side_by_side
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.formula import sums_of
from analytics.query.query import LabelPart, Query, SeriesSource
from analytics.query.resolution import FINE_FOR
from analytics.ranges.timerange import TimeRange
from models.metrics.close_codes import NOT_ABNORMAL
from models.metrics.dimensions import DIMENSIONS
from models.metrics.grid import Grid

MOST_REPORTS = 200_000  # raw reports of all windows that are read by all dimensions at once
MOST_CELLS, MOST_VALUES = 20_000, 200
OF_CLOSES = frozenset({"drops", "lost", "ended_by_server", "abnormal_closes"})
TOO_MANY = "Pairs are told of raw reports, up to 200,000 of the hours compared."
DROPPED = "Pairs are told as long as raw reports are stored."
WITHIN = "Within a value, others are told of raw reports alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The change to explain: of a metric of a catalogue, of `app` ('': of all) and the people of
    `labels` (none: of all), in `window`; hours are those of `zone`."""

    source: SeriesSource
    app: str
    metric: str
    window: TimeRange
    labels: Mapping[str, str]
    zone: str = "UTC"

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """As queries have them."""
        values = {**({"app": self.app} if self.app else {}), **self.labels}
        return {name: (value,) for name, value in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read; `slices` are `None` where nothing is usual yet. `usual_bucket` is that of the
    usual p95 of durations."""

    slices: Slices | None
    measure: Measure
    usual_bucket: int
    not_counted: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    engine: Engine
    change: Change
    measure: Measure
    bucket: int
    windows: Sequence[TimeRange]

    @property
    def query(self) -> Query:
        return Query(
            source=self.change.source, metrics=self.measure.formulas, window=self.windows[-1],
            filters=self.change.filters, most=MOST_CELLS,
        )  # fmt: skip

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those of people that are not filtered."""
        return tuple(name for name in DIMENSIONS if name not in self.change.filters)

    def cube(self) -> Table:
        """By all dimensions at once, with the sessions of the incident's window."""
        tables = []
        for window in self.windows:
            query = replace(self.query, window=window, group_by=self.dimensions)
            if window is self.windows[-1]:
                more = [each for each in sums_of(["sessions"]) if each not in query.metrics]
                query = replace(query, metrics=(*query.metrics, *more))
            if window.length > FINE_FOR:  # else cells by day would be read
                query = replace(query, grid=Grid((window.start, window.end)))
            arrays = self.engine.arrays(self.engine.plan(query).over_range()).over_range()
            tables.append(self.table(arrays, self.dimensions))
        return side_by_side(tables)

    def single(self, dimension: str) -> Table:
        """By one dimension, from cells."""
        tables = []
        for window in self.windows:
            query = self._in_a_step(window)
            arrays = self.engine.arrays(self.engine.plan(replace(query, group_by=(dimension,))))
            tables.append(self.table(arrays, (dimension,)))
        return side_by_side(tables)

    def closes(self) -> Table:
        """The connections that did not close normally, by close code."""
        part = LabelPart("close_codes", 0, "code")
        tables = []
        for window in self.windows:
            plan = self.engine.plan(replace(self._in_a_step(window), most=MOST_VALUES))
            arrays = self.engine.by_label(plan, part)
            rows = [
                row for row, each in enumerate(arrays.labels) if each["code"] not in NOT_ABNORMAL
            ]
            tables.append(server_tables.of_label(arrays.select(rows), part))
        return side_by_side(tables)

    def _in_a_step(self, window: TimeRange) -> Query:
        return replace(self.query, window=window, grid=Grid((window.start, window.end)))

    def table(self, arrays: Arrays, dimensions: tuple[str, ...]) -> Table:
        """Of the steps of `arrays`."""
        bad, among = self.measure.counts(arrays, self.bucket)
        nothing = np.full(len(arrays.labels), np.nan)
        sessions = arrays.sums["sessions"][:, 0] if "sessions" in arrays.sums else nothing
        return Table(
            dimensions=dimensions, labels=arrays.labels, bad=bad, n=among, sessions=sessions,
            has_n=bool(self.measure.among or self.measure.durations),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Totals:
    """All events in `windows`, the usual ones and the incident's (the last), a step each. Without
    usual ones there is nothing to compare."""

    windows: Sequence[TimeRange]
    arrays: Arrays
    rows_from: datetime | None

    @property
    def reports(self) -> float:
        """Raw rows of all windows."""
        return float(self.arrays.observed.sum())


def read(engine: Engine, change: Change) -> Reading:
    """The slices of a change. Raises `NoSeries`."""
    measure = measure_of(change.source, change.metric)
    totals = _totals(engine, change, measure, windows.explained(change.window))
    if not totals.windows[:-1]:
        return Reading(slices=None, measure=measure, usual_bucket=0, not_counted={})
    days = min(int(MOST_REPORTS / max(totals.reports, 1.0)), windows.MOST_DAYS)
    if days > 1 and change.window.length > windows.DAY:
        longer = _totals(engine, change, measure, windows.explained(change.window, days))
        totals = longer if longer.windows[:-1] else totals
    bucket = usual_bucket(measure, _steps(totals.arrays, range(len(totals.windows) - 1)))
    reader = _Reader(
        engine=engine, change=change, measure=measure, bucket=bucket, windows=totals.windows
    )
    total = replace(reader.table(totals.arrays, ()), labels=[{}])
    if change.source is SeriesSource.CLIENT:
        slices, missing = _of_people(reader, total, _reason(totals))
    else:
        tables, missing = server_tables.read(engine, reader.query, measure, bucket, reader.windows)
        slices = Slices(total=total, singles=tables, is_ratio=measure.is_ratio)
    return Reading(slices=slices, measure=measure, usual_bucket=bucket, not_counted=missing)


def _totals(engine: Engine, change: Change, measure: Measure, window: TimeRange) -> _Totals:
    """One statement reads all windows that may be usual; those without data are not."""
    weeks = windows.weeks_before(window, change.window, change.zone)
    days = windows.days_before(window, change.window, change.zone)
    every = [*{each.start: each for each in (*weeks, *days, window)}.values()]
    grid = windows.grid_of(every)
    query = Query(
        source=change.source, metrics=measure.formulas, grid=grid, filters=change.filters,
        window=TimeRange(grid.start, grid.end),
    )  # fmt: skip
    plan = engine.plan(query)
    arrays = engine.arrays(plan).added()
    steps = dict(zip(every, windows.steps_of(grid, every), strict=True))
    with_data = [each for each in every if arrays.observed[0, steps[each]] > 0]
    compared = [*windows.usual_of(weeks, days, with_data), window]
    return _Totals(
        windows=compared,
        arrays=_steps(arrays, [steps[each] for each in compared]),
        rows_from=plan.coverage.rows_from,
    )


def _reason(totals: _Totals) -> str:
    """Why several dimensions are not counted, empty where they are."""
    if totals.rows_from is not None and totals.windows[0].start < totals.rows_from:
        return DROPPED
    return TOO_MANY if totals.reports > MOST_REPORTS else ""


def _of_people(reader: _Reader, total: Table, reason: str) -> tuple[Slices, dict[str, str]]:
    change, is_ratio = reader.change, reader.measure.is_ratio
    if reason and change.labels:
        slices = Slices(total=total, singles=[], is_ratio=is_ratio)
        return slices, {"pairs": reason} | dict.fromkeys(reader.dimensions, WITHIN)
    closes = [reader.closes()] if change.metric in OF_CLOSES else []
    if not reason:
        cube = reader.cube().completed(total)
        singles = [cube.by((name,)).largest(MOST_VALUES) for name in reader.dimensions]
        slices = Slices(total=total, singles=[*singles, *closes], cube=cube, is_ratio=is_ratio)
        return slices, {}
    tables = [reader.single(name).largest(MOST_VALUES) for name in reader.dimensions]
    singles = [each.completed(total) for each in tables]
    slices = Slices(total=total, singles=[*singles, *closes], is_ratio=is_ratio)
    return slices, {"pairs": reason}


def _steps(arrays: Arrays, steps: Sequence[int]) -> Arrays:
    """Some of the steps, as if they were all."""
    index = [*steps]
    return replace(
        arrays,
        observed=arrays.observed[:, index],
        sums={name: series[:, index] for name, series in arrays.sums.items()},
        histograms={
            name: each.map(lambda series: series[:, index])
            for name, each in arrays.histograms.items()
        },
    )
