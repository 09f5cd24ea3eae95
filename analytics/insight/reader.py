"""Reads what the search for the most remarkable change needs: one statement per dimension."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from analytics.insight import search
from analytics.insight.quantities import QUANTITIES, Quantity, formulas
from analytics.insight.remark import Remark
from analytics.insight.search import Candidate
from analytics.insight.timetable import FINER, Timetable, timetable
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.plan import plan_of
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from models.metrics.grid import Grid

DIMENSIONS = ("app", "country", "browser", "release", "effective_type")
LEAST_SESSIONS = 12  # that a change touches, by the mean of reports per session
MOST_VALUES = 30  # those with the most reports


def read(
    engine: Engine,
    window: TimeRange,
    earlier: TimeRange,
    filters: FilterValues,
    *,
    leaving_out: frozenset[str],
    reports_per_session: float,
) -> Remark | None:
    """The most remarkable change for the worse of `window` against `earlier`, of the metrics that
    are not in `leaving_out`. With a dimension filtered, values are not searched, and with two
    nothing is: there are no such cells."""
    table, filtered = timetable(window, earlier), {*filters} - {"app"}
    if table is None or len(filtered) > 1:
        return None
    quantities = [each for each in QUANTITIES if each.key not in leaving_out]
    query = _query(table.grid, window.end, filters, quantities)
    by_app = _arrays(engine, replace(query, group_by=("app",)))
    splits = (
        by_app
        if dimension == "app"
        else _arrays(engine, replace(query, group_by=(dimension,), most=MOST_VALUES))
        for dimension in (() if filtered else DIMENSIONS)
    )
    candidate = search.most_remarkable(
        table, by_app.added(), splits, quantities,
        least_reports=LEAST_SESSIONS * reports_per_session,
    )  # fmt: skip
    if candidate is None:
        return None
    fine = _finer(candidate, table)
    if fine is None:
        return candidate.remark
    values = {**filters, **{name: (value,) for name, value in candidate.remark.labels.items()}}
    query = _query(fine.grid, window.end, filters, [candidate.quantity])
    # The value has cells of its own: what covers the question without it covers this one.
    plan = plan_of(replace(query, filters=values), engine.coverage(query))
    return search.with_finer_span(candidate, engine.arrays(plan), fine)


def _finer(candidate: Candidate, table: Timetable) -> Timetable | None:
    """The run and a step on either side, in finer steps; `None` where it need not be read."""
    span, step = candidate.remark.span, FINER[table.step]
    if span is None or step == table.step:
        return None
    period = table.span(0, table.steps - 1)
    start = max(period.start, span.start - table.step)
    steps = (min(period.end, span.end + table.step) - start) // step
    shift = period.start - table.grid.start
    edges = [start - shift + step * number for number in range(steps + 1)]
    edges += [start + step * number for number in range(steps + 1)]
    return Timetable(Grid(tuple(sorted({*edges}))), step, steps)


def _query(
    grid: Grid, until: datetime, filters: FilterValues, quantities: Sequence[Quantity]
) -> Query:
    """`until` is the end of the range, which the last step may exceed."""
    return Query(
        source=SeriesSource.CLIENT, metrics=formulas(quantities), filters=filters,
        window=TimeRange(grid.start, min(grid.end, until)), grid=grid,
    )  # fmt: skip


def _arrays(engine: Engine, query: Query) -> Arrays:
    return engine.arrays(engine.plan(query))
