"""Correlations as CSV: a row for each pair, both views; values in the units of the row."""

from collections.abc import Iterator

from analytics.correlation.service.responses import (
    IntervalValue,
    PairResponse,
    PerSession,
    UxCorrelation,
)
from analytics.formatting.csv_text import Cell
from analytics.reports.segments.figures import ENDS
from ingest.routing.route import Table
from ingest.routing.series_table import ranged_name

OVER_TIME = (
    "spearman", "low", "high", "pearson", "n", "n_effective", "p_adjusted", "lag_minutes",
)  # fmt: skip
OF_SESSIONS = (
    "n",
    "n_effective",
    "n_within",
    "days",
    "p_adjusted",
    "disagreement",
    "explained_by",
    "strength",
)
INTERVALS = ("pooled", "within", "touched")
SLOPE = ("slope", "slope_low", "slope_high", "slope_unit")
HEADER = (
    *("x", "y", "x_unit", "y_unit", *OVER_TIME, *SLOPE, "strength", "enough_data", "reason"),
    *(f"session_{name}{end}" for name in INTERVALS for end in ENDS),
    *(f"session_{name}" for name in (*OF_SESSIONS, *SLOPE, "enough_data", "reason")),
    "sentence",
)


def correlation_table(report: UxCorrelation) -> Table:
    """The pairs, the three of the documentation first."""
    return Table(
        name=ranged_name("ux-correlation", report.start, report.end),
        header=HEADER,
        rows=[[*_cells(pair)] for pair in report.pairs],
    )


def _cells(pair: PairResponse) -> Iterator[Cell]:
    yield from (pair.x, pair.y, pair.x_unit, pair.y_unit)
    yield from (getattr(pair, name) for name in OVER_TIME)
    yield from _slope(pair)
    yield from (pair.strength, pair.enough_data, pair.reason)
    for name in INTERVALS:
        yield from _ends(getattr(pair.per_session, name))
    yield from (getattr(pair.per_session, name) for name in OF_SESSIONS)
    yield from _slope(pair.per_session)
    yield from (pair.per_session.enough_data, pair.per_session.reason)
    yield pair.sentence


def _ends(interval: IntervalValue | None) -> tuple[Cell, ...]:
    return (None, None, None) if interval is None else (interval.value, interval.low, interval.high)


def _slope(view: PairResponse | PerSession) -> tuple[Cell, ...]:
    slope = view.slope
    return (None,) * 4 if slope is None else (slope.value, slope.low, slope.high, slope.unit)
