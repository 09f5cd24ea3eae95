"""Reads the past that a rule is tried on: from rollups, or from rows what these do not hold.

Sessions are told by the hour in which they began, as charts of them are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from analytics.alerting.evaluation import measurements
from analytics.alerting.evaluation.gathering import Columns, Grid, cells_of
from analytics.alerting.evaluation.series_matrix import SeriesMatrix, histograms_of
from analytics.alerting.rules.formulas import reading_for
from analytics.alerting.rules.groups import Group, group_of
from analytics.alerting.rules.rule import Rule
from models.database.engine import Database
from models.queries import alert_breakdown, alert_rollups, alert_sessions
from models.queries.alert_windows import WindowQuery
from models.queries.report_queries import snapshot
from models.rollups import dirty_minutes, rollup_state

SOURCES = {"client": dirty_minutes.REPORTS, "server": dirty_minutes.SAMPLES}


def past(database: Database, rule: Rule, grid: Grid, most: int) -> SeriesMatrix:
    """The figures of one rule over the steps of `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    group = group_of(rule)
    needs = measurements.needs_of(group, [reading_for(rule)])
    question = measurements.question_of(group, needs, grid, most)
    with snapshot(database) as connection:
        settled = rollup_state.settled(connection, SOURCES[rule.source])
        if group.is_of_sessions:
            rows = alert_sessions.began(connection, question, settled)
            return cells_of(rows, group.dimensions, needs, grid)
        if settled is not None and alert_rollups.is_kept(question):
            return _kept(connection, question, group, needs, grid)
    return measurements.past(database, rule, grid, most)


def _kept(
    connection: Connection, question: WindowQuery, group: Group, needs: Columns, grid: Grid
) -> SeriesMatrix:
    whole = _cells(alert_rollups.ask(connection, question), group.dimensions, needs, grid)
    apart = group.apart
    rows = (
        alert_breakdown.of_cells(connection, question, apart.sum_name, apart.part) if apart else ()
    )
    return measurements.with_labels(group, whole, rows, grid, question.most)


def _cells(
    rows: Sequence[Sequence[Any]], dimensions: Sequence[str], needs: Columns, grid: Grid
) -> SeriesMatrix:
    first = 1 + len(dimensions)
    labels: dict[tuple[str, ...], int] = {}
    for row in rows:
        labels.setdefault(tuple(row[1:first]), len(labels))
    if not dimensions:
        labels.setdefault((), 0)
    owners = np.array([labels[tuple(row[1:first])] for row in rows], dtype=np.int64)
    places = owners * grid.steps + np.array([row[0] for row in rows], dtype=np.int64)
    shape = (len(labels), grid.steps)

    def spread(column: int) -> Any:
        amounts = np.array([float(row[column] or 0) for row in rows])
        return np.bincount(places, amounts, shape[0] * shape[1]).astype(float).reshape(shape)

    weighted, counted, histograms = {}, {}, {}
    for place, name in enumerate(needs.sums):
        weighted[name], counted[name] = spread(first + 2 * place), spread(first + 2 * place + 1)
    for place, name in enumerate(needs.durations, len(needs.sums)):
        column = first + 2 * place
        ones = np.ones(len(rows))
        histograms[name], total = histograms_of((r[column] for r in rows), places, ones, shape)
        is_counted = any(row[column + 1] is not None for row in rows)
        counted[f"{name}_n"] = spread(column + 1) if is_counted else total
    return SeriesMatrix(
        start=grid.start,
        step_seconds=grid.step_seconds,
        steps=grid.steps,
        labels=[dict(zip(dimensions, values, strict=True)) for values in labels],
        weighted=weighted,
        counted=counted,
        histograms=histograms,
    )
