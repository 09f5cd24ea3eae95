"""Reads series through the engine, in steps of one length, as arrays.

A long range is read in portions, since a step of a label set takes 3 kB for each histogram.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.anomalies.detection.steps import Floats, Ints
from analytics.anomalies.series.catalogue import (
    JUDGED,
    VALUE_DIMENSIONS,
    JudgedMetric,
    metrics_of,
    metrics_of_processes,
)
from analytics.query import formula
from analytics.query.arrays import Arrays, Labels
from analytics.query.engine import Engine
from analytics.query.formula import Calculation
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import Coverage
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection
from models.metrics.anomalies.series_key import VALUE_STEP_SECONDS, SeriesKey
from models.metrics.grid import Grid

APPS, VALUES = 10, 25  # there may be
LEAST_AT_ONCE = 24
STEPS_AT_ONCE = 2016  # of one label set: a week of five minutes
MOST_LABEL_SETS = 2000
DAY_SECONDS = 86_400
ARRAYS = ("values", "n", "sessions")


@dataclass(frozen=True, slots=True)
class Scope:
    """What is read at once: a source, of each app or of one, by app or by values of a dimension
    too; of `app` "" what all apps have together."""

    source: SeriesSource
    metrics: Sequence[JudgedMetric]
    dimension: str = ""
    app: str | None = None

    def key_of(self, metric: JudgedMetric, labels: Labels) -> SeriesKey:
        """The key of a series."""
        value = labels[self.dimension] if self.dimension else ""
        return SeriesKey(self.source.value, labels["app"], metric.key, self.dimension, value)


@dataclass(frozen=True, slots=True)
class SeriesArrays:
    """S series on T steps: starts of the steps in Unix seconds [T]; `values` in the unit of the
    metric, NaN without data, and the unweighted `n` behind them, [S, T] each; `sessions` [S, T] are
    those heard, of values of a dimension those begun, NaN where none are counted."""

    keys: Sequence[SeriesKey]
    timestamps: Ints
    values: Floats
    n: Floats
    sessions: Floats

    def since(self, second: float) -> "SeriesArrays":
        """The steps from a Unix second on."""
        first = int(np.searchsorted(self.timestamps, second))
        return SeriesArrays(
            self.keys, self.timestamps[first:],
            *(getattr(self, name)[:, first:] for name in ARRAYS),
        )  # fmt: skip

    def from_first_day(self) -> "SeriesArrays":
        """Without the days (of UTC) before the first value of any series."""
        has_value = (np.nan_to_num(self.values) != 0).any(axis=0)
        if not has_value.any():
            return self.since(self.timestamps[-1])
        first = int(self.timestamps[np.argmax(has_value)])
        return self.since(first - first % DAY_SECONDS)

    def select(self, keys: Sequence[SeriesKey]) -> "SeriesArrays":
        """These series in this order; one that was not read has no data, of traffic 0."""
        rows = {key: number for number, key in enumerate(self.keys)}
        index = [rows.get(key, -1) for key in keys]
        values, n, sessions = (
            np.concatenate([array, np.full((1, array.shape[1]), missing)])[index]
            for array, missing in ((self.values, np.nan), (self.n, 0.0), (self.sessions, np.nan))
        )
        for row, key in enumerate(keys):
            if key not in rows and JUDGED[key.source, key.metric].is_traffic:
                values[row] = 0.0
        return SeriesArrays(keys, self.timestamps, values, n, sessions)


def grid_between(start: datetime, end: datetime, seconds: int) -> Grid:
    """The whole steps of [start, end)."""
    return Grid.uniform(start, seconds, max(0, int((end - start).total_seconds()) // seconds))


def read(connection: Connection, scope: Scope, grid: Grid) -> SeriesArrays:
    """The series of `scope` on the steps of `grid`, in order of label sets and metrics."""
    engine = Engine(connection, TimeRange(grid.start, grid.end))
    parts = [_part(engine, scope, portion) for portion in _portions(grid, scope)]
    keys = list(dict.fromkeys(key for part in parts for key in part.keys))
    aligned = [part.select(keys) for part in parts]
    return SeriesArrays(
        keys,
        np.concatenate([part.timestamps for part in aligned]),
        *(np.concatenate([getattr(part, name) for part in aligned], axis=1) for name in ARRAYS),
    )


def read_all(
    connection: Connection, source: SeriesSource, grid: Grid, *, is_of_app: bool,
    app: str | None = None,
) -> SeriesArrays:  # fmt: skip
    """All series of a source: of apps as a whole, with those of processes, or of values of
    dimensions; of one app where it is named, of processes where that is ""."""
    parts = [read(connection, scope, grid) for scope in _scopes(source, app, is_of_app=is_of_app)]
    keys = [key for part in parts for key in part.keys]
    return SeriesArrays(
        keys, parts[0].timestamps,
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS),
    )  # fmt: skip


def _scopes(source: SeriesSource, app: str | None, *, is_of_app: bool) -> Iterator[Scope]:
    if app != "":
        for name in ("",) if is_of_app else VALUE_DIMENSIONS:
            yield Scope(source, metrics_of(source.value, name), name, app)
    if source is SeriesSource.SERVER and is_of_app and not app:
        yield Scope(source, metrics_of_processes(), app="")


def _portions(grid: Grid, scope: Scope) -> Iterator[Grid]:
    steps = (
        STEPS_AT_ONCE // (APPS if scope.app is None else 1) // (VALUES if scope.dimension else 1)
    )
    steps = max(steps, LEAST_AT_ONCE)
    for start in range(0, grid.steps, steps):
        yield Grid(grid.edges[start : start + steps + 1], grid.seconds)


def _part(engine: Engine, scope: Scope, grid: Grid) -> SeriesArrays:
    plan = engine.plan(_query(scope, grid))
    arrays = engine.arrays(plan)
    labels = [scope_labels(scope, each) for each in arrays.labels]
    keys = [scope.key_of(metric, each) for each in labels for metric in scope.metrics]
    starts = np.array([edge.timestamp() for edge in grid.edges[:-1]]).astype(np.int64)
    is_there = starts >= _first_second(plan.coverage, grid.seconds)
    values, n = _columns(scope, arrays)
    return SeriesArrays(
        keys, starts, np.where(is_there, values, np.nan), n,
        np.repeat(_sessions(scope, arrays), len(scope.metrics), axis=0),
    )  # fmt: skip


def scope_labels(scope: Scope, labels: Labels) -> Mapping[str, str]:
    """Labels with the app, also where one app alone is read."""
    return {**labels, "app": labels.get("app", scope.app or "")}


def _query(scope: Scope, grid: Grid) -> Query:
    group_by = [
        *(("app",) if scope.app is None else ()),
        *((scope.dimension,) if scope.dimension else ()),
    ]
    return Query(
        source=scope.source,
        metrics=tuple(metric.formula for metric in scope.metrics),
        window=TimeRange(grid.start, grid.end),
        filters={"app": (scope.app,)} if scope.app else {},
        group_by=tuple(group_by),
        grid=grid,
        extremes=scope.source is SeriesSource.SERVER,  # what the mean of a gauge is weighted by
        most=MOST_LABEL_SETS,
    )


def _columns(scope: Scope, arrays: Arrays) -> tuple[Floats, Floats]:
    """Values and n, [label sets x metrics, T]."""
    shape = (len(arrays.labels), len(scope.metrics), arrays.grid.steps)
    value, n = np.full(shape, np.nan), np.zeros(shape)
    for number, metric in enumerate(scope.metrics):
        computed = formula.values(metric.formula, arrays)
        is_row = metric.formula.calculation is Calculation.COUNT and not metric.is_traffic
        has_row = (arrays.observed > 0) if is_row else np.ones(arrays.observed.shape, np.bool)
        value[:, number] = np.where(has_row, computed.value, np.nan)
        n[:, number] = computed.n
    return value.reshape(-1, shape[2]), n.reshape(-1, shape[2])


def _sessions(scope: Scope, arrays: Arrays) -> Floats:
    heard, minutes = (arrays.sums.get(name) for name in ("heard_sessions", "state_minutes"))
    if heard is not None and minutes is not None:
        return np.where(minutes > 0, heard / np.maximum(minutes, 1.0), np.nan)
    if scope.dimension and "sessions" in arrays.sums:
        return arrays.n_of("sessions")
    return np.full(arrays.observed.shape, np.nan)


def _first_second(coverage: Coverage, step_seconds: int) -> float:
    """Since when such steps can be read: minutes are dropped with the raw rows."""
    is_fine = step_seconds < VALUE_STEP_SECONDS and coverage.rows_from
    return coverage.rows_from.timestamp() if is_fine and coverage.rows_from else -np.inf
