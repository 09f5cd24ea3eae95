"""Reads the measurements rules are evaluated on: one query per group of rules that share it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from analytics.alerting.evaluation.evaluate import Freshness
from analytics.alerting.evaluation.gathering import Columns, Grid, build_matrix, join_breakdown
from analytics.alerting.evaluation.series_matrix import SeriesMatrix
from analytics.alerting.rules.formulas import Formula, formula_for
from analytics.alerting.rules.groups import Group, group_of
from analytics.alerting.rules.rule import LONGEST_WINDOW_SECONDS, Rule
from models.database.engine import Database, DatabaseAway
from models.queries import alert_breakdown, alert_sessions, alert_windows
from models.queries.alert_windows import WindowQuery
from models.queries.report_queries import snapshot

STEP_SECONDS = 60
STEPS = LONGEST_WINDOW_SECONDS // STEP_SECONDS
RECENT = timedelta(days=1)  # a source silent for longer is not considered missing
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuleMeasurements:
    """The matrix of each group of rules, the freshness of each source, and faults of reading."""

    matrices: Mapping[Group, SeriesMatrix] = field(default_factory=dict)
    freshness: Mapping[str, Freshness] = field(default_factory=dict)
    faults: Mapping[Group, str] = field(default_factory=dict)


def load_current(database: Database, rules: Iterable[Rule], now: datetime) -> RuleMeasurements:
    """The last 60 minutes. A failed query becomes a fault of its group; the others are read.

    Raises `DatabaseAway`.
    """
    groups: dict[Group, list[Formula]] = {}
    for rule in rules:
        groups.setdefault(group_of(rule), []).append(formula_for(rule))
    matrices: dict[Group, SeriesMatrix] = {}
    faults: dict[Group, str] = {}
    latest: dict[str, datetime | None] = {}
    grid = Grid(now - timedelta(seconds=STEP_SECONDS * STEPS), STEP_SECONDS, STEPS)
    for group, formulas in groups.items():
        try:
            matrices[group], newest = _read_group(
                database, group, columns_of(group, formulas), grid
            )
        except DatabaseAway:
            raise
        except Exception as fault:
            logger.exception("cannot read %s", group)
            faults[group] = f"{type(fault).__name__}: {fault}"
            continue
        latest[group.source] = _later_of(latest.get(group.source), newest)
    freshness = {
        source: _freshness(database, source, latest_at, now) for source, latest_at in latest.items()
    }
    return RuleMeasurements(matrices, freshness, faults)


def load_past(database: Database, rule: Rule, grid: Grid, most: int) -> SeriesMatrix:
    """The matrix of one rule over `grid`, from raw rows, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    group = group_of(rule)
    return _read_group(database, group, columns_of(group, [formula_for(rule)]), grid, most)[0]


def columns_of(group: Group, formulas: Iterable[Formula]) -> Columns:
    """The columns the statement of a group must read."""
    return Columns.of(formulas, group.breakdown)


def window_query(group: Group, columns: Columns, grid: Grid, most: int) -> WindowQuery:
    """The query of a group over `grid`, of the `most` largest label sets."""
    step = timedelta(seconds=grid.step_seconds)
    return WindowQuery(
        source=group.source,
        dimensions=group.dimensions,
        sums=columns.sums,
        durations=columns.durations,
        start=grid.start,
        end=grid.start + step * grid.steps,
        step=step,
        most=most,
    )


def with_breakdown(
    group: Group, total: SeriesMatrix, rows: Sequence[Sequence[Any]], grid: Grid, most: int
) -> SeriesMatrix:
    """`total` with the group's label breakdown joined, if it has one; `rows` are those of
    `models.queries.alert_breakdown`, of the `most` most frequent label sets."""
    if group.breakdown is None:
        return total
    names = (*group.dimensions, group.breakdown.name)
    by_label = build_matrix(rows, names, Columns((group.breakdown.sum_name,), ()), grid)
    return join_breakdown(total, by_label, group.breakdown, is_complete=len(by_label.labels) < most)


def _read_group(
    database: Database,
    group: Group,
    columns: Columns,
    grid: Grid,
    most: int = alert_windows.MOST_LABEL_SETS,
) -> tuple[SeriesMatrix, datetime | None]:
    query, breakdown = window_query(group, columns, grid, most), group.breakdown
    read = alert_sessions.session_rows if group.counts_sessions else alert_windows.window_rows
    with snapshot(database) as connection:
        window_rows = read(connection, query)
        breakdown_rows = (
            alert_breakdown.raw_breakdown(
                connection, query, breakdown.sum_name, breakdown.part_index
            )
            if breakdown
            else ()
        )
    matrix = build_matrix(window_rows.rows, group.dimensions, columns, grid)
    return with_breakdown(group, matrix, breakdown_rows, grid, most), window_rows.latest


def _freshness(
    database: Database, source: str, latest: datetime | None, now: datetime
) -> Freshness:
    if latest is not None:
        return Freshness(latest, has_recent_rows=True)
    with snapshot(database) as connection:
        return Freshness(None, alert_windows.has_data(connection, source, now - RECENT, now))


def _later_of(first: datetime | None, second: datetime | None) -> datetime | None:
    moments = [moment for moment in (first, second) if moment is not None]
    return max(moments, default=None)
