"""Reads both sides of the pairs by the hour: one question to the engine, all measures at once."""

from datetime import timedelta

import numpy as np

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.series.hourly import HOUR_SECONDS, HourlySeries
from analytics.query import formula
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula, quantiles_of, sums_of
from analytics.query.metric_formula import formula_of, mean_of, rate_of
from analytics.query.not_counted import BY_SEVERAL_DIMENSIONS
from analytics.query.query import FilterValues, Query, SeriesSource
from analytics.query.read_plan import HOUR, ceil_to, floor_to
from analytics.query.resolution import FINE_FOR
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection, Database
from models.metrics.client_catalogue import METRICS
from models.metrics.grid import Grid
from models.queries import snapshot

REPORTS, VISIBLE_MS = "reports", "visible_ms"
VISIBLE_OF = ("open_ms", "downtime_ms", "downtime_hidden_ms")
HOUR_MS, MINUTE_MS, PERCENT = 3_600_000.0, 60_000.0, 100.0
LONGEST = timedelta(days=92)


def _per_visible(key: str, ms: float) -> Formula:
    return rate_of(formula_of(METRICS[key], REPORTS), VISIBLE_MS, ms)


def _mean(key: str) -> Formula:
    return mean_of(key, f"{key}_n", f"{key}_n")


WITHOUT_CONNECTION = Formula(
    calculation=Calculation.SHARE, numerator=("without_connection_ms",),
    denominator=("judged_ms",), n=("judged_reports",),
)  # fmt: skip
# By key of a measure; shares are answered in percent.
FORMULAS: dict[str, Formula] = {
    "latency_p95_ms": formula_of(METRICS["latency_ms"], REPORTS, 0.95),
    "error_rate": formula_of(METRICS["error_rate"], REPORTS),
    "drops_per_hour": _per_visible("drops", HOUR_MS),
    "without_connection": WITHOUT_CONNECTION,
    "longest_silence_ms": _mean("longest_silence_ms"),
    "setup_p95_ms": formula_of(METRICS["setup_ms"], REPORTS, 0.95),
    "page_load_ms": formula_of(METRICS["page_load_ms"], REPORTS, 0.5),
    "lcp_ms": _mean("lcp_ms"),
    "inp_ms": _mean("inp_ms"),
    "cls": _mean("cls"),
    "ux_errors_per_hour": _per_visible("ux_errors", HOUR_MS),
    "interactions_per_minute": _per_visible("interactions", MINUTE_MS),
}


def read_hourly(
    database: Database, filters: FilterValues, window: TimeRange, *, zone: str = "UTC"
) -> HourlySeries:
    """All measures in the full hours of `window` that are over, at most the last `LONGEST` of it.

    Beyond 48 hours there are no hours by several dimensions besides the app: `reason` says so then,
    and no hour has a value. Raises `DatabaseAway`.
    """
    with snapshot.snapshot(database) as connection:
        grid = _hours(connection, window)
        query = _query(filters, grid)
        if query is None:
            return _series(grid, zone, None, None)
        if len(query.dimensions) > 1 and query.window.length > FINE_FOR:
            return _series(grid, zone, None, str(BY_SEVERAL_DIMENSIONS))
        engine = Engine(connection)
        plan = engine.plan(query)
        reason = plan.reason_for([*query.sums, *query.durations])
        return _series(grid, zone, engine.arrays(plan), None if reason is None else str(reason))


def _hours(connection: Connection, window: TimeRange) -> Grid:
    end = floor_to(min(window.end, snapshot.now(connection)), HOUR)
    start = max(ceil_to(window.start, HOUR), end - LONGEST)
    return Grid.uniform(start, HOUR_SECONDS, max(0, (end - start) // HOUR))


def _query(filters: FilterValues, grid: Grid) -> Query | None:
    if not grid.steps:
        return None
    sums = {name for each in FORMULAS.values() for name in each.sums} - {VISIBLE_MS}
    durations = {each.durations for each in FORMULAS.values() if each.durations}
    return Query(
        source=SeriesSource.CLIENT,
        metrics=(*sums_of(sorted({*sums, *VISIBLE_OF})), *quantiles_of(sorted(durations))),
        window=TimeRange(grid.start, grid.end),
        filters=filters,
        grid=grid,
        extremes=False,
    )


def _series(grid: Grid, zone: str, arrays: Arrays | None, reason: str | None) -> HourlySeries:
    hours = int(grid.start.timestamp()) + np.arange(grid.steps, dtype=np.int64) * HOUR_SECONDS
    keys = [each.key for each in (*EXPOSURES, *OUTCOMES)]
    values = {key: np.full(grid.steps, np.nan) for key in keys}
    n = {key: np.zeros(grid.steps) for key in keys}
    reports = np.zeros(grid.steps)
    if arrays is not None and arrays.labels:
        arrays = _with_visible(arrays)
        reports = arrays.observed[0]
        for key in keys:
            computed = formula.values(FORMULAS[key], arrays)
            is_share = FORMULAS[key].calculation is Calculation.SHARE
            values[key] = computed.value[0] * (PERCENT if is_share else 1.0)
            n[key] = computed.n[0]
    return HourlySeries(
        zone=zone, hours=hours, values=values, n=n, reports=reports, reason=reason
    )  # fmt: skip


def _with_visible(arrays: Arrays) -> Arrays:
    if not arrays.has(VISIBLE_OF, ""):
        return arrays
    connected, down, hidden = (arrays.sums[name] for name in VISIBLE_OF)
    return arrays.with_sums(visible_ms=connected + down - hidden)
