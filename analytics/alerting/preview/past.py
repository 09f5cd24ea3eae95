"""Reads the history a rule is previewed on: from rollups, or from raw rows what these lack.

Sessions are counted in the hour they began in, as in the charts of them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.gathering import Columns, Grid, build_matrix
from analytics.alerting.evaluation.series_matrix import SeriesMatrix, histograms_of
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.groups import Group, group_of
from analytics.alerting.rules.rule import Rule
from models.database.engine import Connection, Database
from models.queries import alert_breakdown, alert_rollups, alert_sessions
from models.queries.alert_windows import WindowQuery
from models.queries.report_queries import snapshot
from models.rollups import dirty_minutes, rollup_state

ROLLUP_SOURCES = {"client": dirty_minutes.REPORTS, "server": dirty_minutes.SAMPLES}


def load_history(database: Database, rule: Rule, grid: Grid, most: int) -> SeriesMatrix:
    """The matrix of one rule over `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    group = group_of(rule)
    columns = measurements.columns_of(group, [formula_for(rule)])
    query = measurements.window_query(group, columns, grid, most)
    with snapshot(database) as connection:
        complete_until = rollup_state.complete_until(connection, ROLLUP_SOURCES[rule.source])
        if group.counts_sessions:
            rows = alert_sessions.session_start_rows(connection, query, complete_until)
            return build_matrix(rows, group.dimensions, columns, grid)
        if complete_until is not None and alert_rollups.has_cells(query):
            return _from_rollups(connection, query, group, columns, grid)
    return measurements.load_past(database, rule, grid, most)


def _from_rollups(
    connection: Connection, query: WindowQuery, group: Group, columns: Columns, grid: Grid
) -> SeriesMatrix:
    total = _rollup_matrix(
        alert_rollups.rollup_rows(connection, query), group.dimensions, columns, grid
    )
    breakdown = group.breakdown
    rows = (
        alert_breakdown.rollup_breakdown(
            connection, query, breakdown.sum_name, breakdown.part_index
        )
        if breakdown
        else ()
    )
    return measurements.with_breakdown(group, total, rows, grid, query.most)


def _rollup_matrix(
    rows: Sequence[Sequence[Any]], dimensions: Sequence[str], columns: Columns, grid: Grid
) -> SeriesMatrix:
    first = 1 + len(dimensions)
    labels: dict[tuple[str, ...], int] = {}
    for row in rows:
        labels.setdefault(tuple(row[1:first]), len(labels))
    if not dimensions:
        labels.setdefault((), 0)
    label_index = np.array([labels[tuple(row[1:first])] for row in rows], dtype=np.int64)
    cell_index = label_index * grid.steps + np.array([row[0] for row in rows], dtype=np.int64)
    shape = (len(labels), grid.steps)

    def summed(column: int) -> Any:
        amounts = np.array([float(row[column] or 0) for row in rows])
        return np.bincount(cell_index, amounts, shape[0] * shape[1]).astype(float).reshape(shape)

    weighted, counted, histograms = {}, {}, {}
    for number, name in enumerate(columns.sums):
        weighted[name], counted[name] = summed(first + 2 * number), summed(first + 2 * number + 1)
    for number, name in enumerate(columns.durations, len(columns.sums)):
        column = first + 2 * number
        ones = np.ones(len(rows))
        histograms[name], total = histograms_of((r[column] for r in rows), cell_index, ones, shape)
        is_counted = any(row[column + 1] is not None for row in rows)
        counted[f"{name}_n"] = summed(column + 1) if is_counted else total
    return SeriesMatrix(
        start=grid.start,
        step_seconds=grid.step_seconds,
        steps=grid.steps,
        labels=[dict(zip(dimensions, values, strict=True)) for values in labels],
        weighted=weighted,
        counted=counted,
        histograms=histograms,
    )
