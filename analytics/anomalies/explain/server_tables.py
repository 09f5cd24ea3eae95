"""Reads what servers measured by service, app, label and worker, in the windows of a change."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analytics.anomalies.explain.measure import Measure
from analytics.anomalies.explain.table import Table, side_by_side
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.plan import Plan
from analytics.query.query import LabelPart, Query
from analytics.ranges.timerange import TimeRange
from models.metrics.close_codes import NOT_ABNORMAL
from models.metrics.dimensions import SEPARATOR, SERVER_DIMENSIONS
from models.metrics.grid import Grid
from models.metrics.server_catalogue import SERVER_METRICS
from models.metrics.server_columns import BY_LABEL

WORKERS_DROPPED = "Workers are told as long as raw samples are stored."
NOT_BY_WORKER = "The store does not tell this metric by worker."
ABNORMAL = ("abnormal_closes",)
# The labels of another sum that tell more of a sum.
LABELS_OF = {"closes": "closed", "abnormal_closes": "closed", "error_count": "errors"}


def read(
    engine: Engine, query: Query, measure: Measure, bucket: int, windows: Sequence[TimeRange]
) -> tuple[list[Table], dict[str, str]]:
    """The tables of every dimension, and why one is not counted. A process metric, and a sum that
    workers do not have, is told by service alone."""
    plans = [
        engine.plan(replace(query, window=each, grid=Grid((each.start, each.end))))
        for each in windows
    ]
    dimensions = [name for name in SERVER_DIMENSIONS if name not in query.filters]
    tables = [
        side_by_side([_table(_grouped(engine, plan, name), measure, bucket) for plan in plans])
        for name in dimensions
    ]
    for part in _parts(measure):
        arrays = [engine.by_label(plan, part) for plan in plans]
        tables.append(side_by_side([of_label(_abnormal(each, measure), part) for each in arrays]))
    if not all(plan.has_rows for plan in plans):
        return tables, {"worker": WORKERS_DROPPED}
    by_worker = [engine.by_worker(plan) for plan in plans]
    if not all({*measure.names} <= {*each.sums, *each.histograms} for each in by_worker):
        return tables, {"worker": NOT_BY_WORKER}
    return [*tables, side_by_side([_workers(each, measure, bucket) for each in by_worker])], {}


def of_label(arrays: Arrays, part: LabelPart) -> Table:
    """Of a sum split by its label, of one step."""
    events = arrays.sums[part.sum_name]
    return Table(
        dimensions=(part.name,), labels=arrays.labels, bad=events, n=np.zeros_like(events),
        sessions=np.full(len(arrays.labels), np.nan), has_n=False,
    )  # fmt: skip


def _grouped(engine: Engine, plan: Plan, dimension: str) -> Arrays:
    return engine.arrays(replace(plan, query=replace(plan.query, group_by=(dimension,))))


def _table(arrays: Arrays, measure: Measure, bucket: int) -> Table:
    bad, among = measure.counts(arrays, bucket)
    (dimensions,) = {tuple(each) for each in arrays.labels} or {("service",)}
    return Table(
        dimensions=dimensions, labels=arrays.labels, bad=bad, n=among,
        sessions=np.full(len(arrays.labels), np.nan),
        has_n=bool(measure.among or measure.durations),
    )  # fmt: skip


def _workers(arrays: Arrays, measure: Measure, bucket: int) -> Table:
    names = [{"worker": f"{each['service']} {each['instance']}"} for each in arrays.labels]
    table = _table(replace(arrays, labels=names), measure, bucket)
    return replace(table, dimensions=("worker",))


def _parts(measure: Measure) -> list[LabelPart]:
    names = {LABELS_OF.get(name, name) for name in measure.bad} & {*BY_LABEL}
    parts = {name: SERVER_METRICS[name].split_by for name in sorted(names)}
    return [
        LabelPart(name + SEPARATOR * len(of_name), index, part)
        for name, of_name in parts.items()
        for index, part in enumerate(of_name)
        if part == "code" or measure.bad != ABNORMAL  # by who closed: normal closes too
    ]


def _abnormal(arrays: Arrays, measure: Measure) -> Arrays:
    """Without normal close codes, where only others are events."""
    if measure.bad != ABNORMAL:
        return arrays
    rows = [row for row, each in enumerate(arrays.labels) if each.get("code") not in NOT_ABNORMAL]
    return arrays.select(rows)
