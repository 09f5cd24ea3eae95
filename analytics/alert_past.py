"""Reads the past that a rule is tried on: from rollups, or from rows what these do not hold."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from analytics import alert_figures
from analytics.alerting.cells import Cells, histograms_of
from analytics.alerting.gathering import Grid, Needs
from analytics.alerting.readings import reading_of
from analytics.alerting.rule import Rule
from models import alert_cells, rollup_state, touched
from models.alert_windows import Question
from models.database import Database
from models.report_queries import snapshot

SOURCES = {"client": touched.REPORTS, "server": touched.SAMPLES}


def past(database: Database, rule: Rule, grid: Grid, most: int) -> Cells:
    """The figures of one rule over the steps of `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    needs = Needs.of([reading_of(rule.source, rule.metric, rule.aggregation)])
    step = timedelta(seconds=grid.step_seconds)
    end = grid.start + step * grid.steps
    question = Question(
        source=rule.source, dimensions=rule.dimensions, sums=needs.sums,
        durations=needs.durations, start=grid.start, end=end, step=step, most=most,
    )  # fmt: skip
    with snapshot(database) as connection:
        is_rolled_up = rollup_state.settled(connection, SOURCES[rule.source]) is not None
        if is_rolled_up and alert_cells.is_kept(question):
            return _cells(alert_cells.ask(connection, question), rule.dimensions, needs, grid)
    return alert_figures.past(database, rule, grid, most)


def _cells(
    rows: Sequence[Sequence[Any]], dimensions: Sequence[str], needs: Needs, grid: Grid
) -> Cells:
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
    return Cells(
        start=grid.start,
        step_seconds=grid.step_seconds,
        steps=grid.steps,
        labels=[dict(zip(dimensions, values, strict=True)) for values in labels],
        weighted=weighted,
        counted=counted,
        histograms=histograms,
    )
