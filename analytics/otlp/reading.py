"""Reads what minutes say of both catalogues, through the engine, in one snapshot of the store."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from analytics.otlp.exported import (
    APP,
    INSTANCE,
    SERVICE,
    ExportedMetric,
    attributes_of,
    exported,
    of_processes,
)
from analytics.otlp.points import Owner, Point, points_of, points_of_values
from analytics.query.arrays import Labels
from analytics.query.engine import Engine
from analytics.query.plan import Plan
from analytics.query.query import LabelPart, Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.grid import Grid
from models.queries.snapshot import snapshot

MOST_LABEL_SETS = 2000
LABEL = "label"


def read(database: Database, grid: Grid) -> list[Point]:
    """All points of the steps of `grid`. Raises `DatabaseAway`."""
    with snapshot(database) as connection:
        engine = Engine(connection, TimeRange(grid.start, grid.end))
        of_apps = [_of_apps(engine, source, grid) for source in SeriesSource]
        return [*chain(*of_apps), *_of_processes(engine, grid)]


def _query(
    source: SeriesSource, metrics: tuple[ExportedMetric, ...], grid: Grid, *group_by: str
) -> Query:
    return Query(
        source=source,
        metrics=tuple(each.formula for each in metrics if each.formula and not each.split_by),
        window=TimeRange(grid.start, grid.end),
        group_by=group_by,
        grid=grid,
        most=MOST_LABEL_SETS,
    )


def _of_apps(engine: Engine, source: SeriesSource, grid: Grid) -> Iterator[Point]:
    """Of browsers by app, of servers by service and app."""
    metrics = exported(source)
    group_by = ("app",) if source is SeriesSource.CLIENT else ("service", "app")
    plan = engine.plan(_query(source, metrics, grid, *group_by))
    arrays = engine.arrays(plan)
    owners = [_owner(labels) for labels in arrays.labels]
    for metric in metrics:
        if metric.split_by:
            yield from _of_labels(engine, plan, metric)
        else:
            yield from points_of(metric, arrays, owners)


def _of_labels(engine: Engine, plan: Plan, metric: ExportedMetric) -> Iterator[Point]:
    """The points of a count that is stored by label: none of 0."""
    arrays = engine.by_label(plan, LabelPart(metric.key, 0, LABEL))
    (counts,) = arrays.sums.values()
    owners = [
        Owner(owner.resource, {**owner.attributes, **attributes_of(label, metric.split_by)})
        for owner, label in ((_owner(each), each[LABEL]) for each in arrays.labels)
    ]
    yield from points_of_values(metric, arrays, np.where(counts > 0, counts, np.nan), owners)


def _of_processes(engine: Engine, grid: Grid) -> Iterator[Point]:
    plan = engine.plan(_query(SeriesSource.SERVER, (), grid, "service"))
    arrays = engine.processes(plan)
    owners = [
        Owner({SERVICE: labels["service"], INSTANCE: labels["instance"]})
        for labels in arrays.labels
    ]
    for metric in of_processes("memory_bytes", "descriptors"):
        peaks = arrays.extremes[f"peak_{metric.key}"]
        yield from points_of_values(metric, arrays, peaks, owners)
    for metric in of_processes("loop_lag"):
        yield from points_of(metric, arrays, owners)
    queued = of_processes("outbox_bytes")
    arrays = engine.arrays(engine.plan(_query(SeriesSource.SERVER, queued, grid, "service")))
    owners = [Owner({SERVICE: labels["service"]}) for labels in arrays.labels]
    for metric in queued:
        yield from points_of(metric, arrays, owners)


def _owner(labels: Labels) -> Owner:
    """Browsers of an app are a service of its name; a server's apps are attributes."""
    service = labels.get("service")
    if service is None:
        return Owner({SERVICE: labels["app"]})
    return Owner({SERVICE: service}, {APP: labels["app"]})
