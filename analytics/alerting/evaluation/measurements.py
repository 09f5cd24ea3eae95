"""Reads what rules judge: one question per group of rules that ask the same of the same source."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from analytics.alerting.evaluation.evaluate import Freshness
from analytics.alerting.evaluation.gathering import Columns, Grid, cells_of, joined
from analytics.alerting.evaluation.series_matrix import SeriesMatrix
from analytics.alerting.rules.formulas import Formula, reading_for
from analytics.alerting.rules.groups import Group, group_of
from analytics.alerting.rules.rule import LONGEST_WINDOW_SECONDS, Rule
from models.database.engine import Database, DatabaseAway
from models.queries import alert_breakdown, alert_sessions, alert_windows
from models.queries.alert_windows import WindowQuery
from models.queries.report_queries import snapshot

STEP_SECONDS = 60
STEPS = LONGEST_WINDOW_SECONDS // STEP_SECONDS
LOOK_BACK = timedelta(days=1)  # what was silent for longer is not missed by anybody
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """Cells per group of rules, how fresh each source is, and what could not be read."""

    cells: Mapping[Group, SeriesMatrix] = field(default_factory=dict)
    sights: Mapping[str, Freshness] = field(default_factory=dict)
    faults: Mapping[Group, str] = field(default_factory=dict)


def present(database: Database, rules: Iterable[Rule], now: datetime) -> Figures:
    """The last 60 minutes. A question that fails does not keep the others from being asked.

    Raises `DatabaseAway`.
    """
    groups: dict[Group, list[Formula]] = {}
    for rule in rules:
        groups.setdefault(group_of(rule), []).append(reading_for(rule))
    cells: dict[Group, SeriesMatrix] = {}
    faults: dict[Group, str] = {}
    latest: dict[str, datetime | None] = {}
    grid = Grid(now - timedelta(seconds=STEP_SECONDS * STEPS), STEP_SECONDS, STEPS)
    for group, readings in groups.items():
        try:
            cells[group], newest = _asked(database, group, needs_of(group, readings), grid)
        except DatabaseAway:
            raise
        except Exception as fault:
            logger.exception("cannot read %s", group)
            faults[group] = f"{type(fault).__name__}: {fault}"
            continue
        latest[group.source] = _newer(latest.get(group.source), newest)
    sights = {source: _sight(database, source, found, now) for source, found in latest.items()}
    return Figures(cells, sights, faults)


def past(database: Database, rule: Rule, grid: Grid, most: int) -> SeriesMatrix:
    """The figures of one rule over the steps of `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    group = group_of(rule)
    return _asked(database, group, needs_of(group, [reading_for(rule)]), grid, most)[0]


def needs_of(group: Group, readings: Iterable[Formula]) -> Columns:
    """What the statement of a group must sum up."""
    return Columns.of(readings, group.apart)


def question_of(group: Group, needs: Columns, grid: Grid, most: int) -> WindowQuery:
    """The same in the words of the store."""
    step = timedelta(seconds=grid.step_seconds)
    return WindowQuery(
        source=group.source,
        dimensions=group.dimensions,
        sums=needs.sums,
        durations=needs.durations,
        start=grid.start,
        end=grid.start + step * grid.steps,
        step=step,
        most=most,
    )


def with_labels(
    group: Group, whole: SeriesMatrix, rows: Sequence[Sequence[Any]], grid: Grid, most: int
) -> SeriesMatrix:
    """What labels tell one by one, beside what is known whatever the label; `rows` are those of
    `models.queries.alert_breakdown`, of the `most` most frequent label sets."""
    if group.apart is None:
        return whole
    names = (*group.dimensions, group.apart.name)
    amounts = cells_of(rows, names, Columns((group.apart.sum_name,), ()), grid)
    return joined(whole, amounts, group.apart, is_all=len(amounts.labels) < most)


def _asked(
    database: Database,
    group: Group,
    needs: Columns,
    grid: Grid,
    most: int = alert_windows.MOST_LABEL_SETS,
) -> tuple[SeriesMatrix, datetime | None]:
    question, apart = question_of(group, needs, grid, most), group.apart
    ask = alert_sessions.ask if group.is_of_sessions else alert_windows.ask
    with snapshot(database) as connection:
        found = ask(connection, question)
        rows = (
            alert_breakdown.of_rows(connection, question, apart.sum_name, apart.part)
            if apart
            else ()
        )
    cells = cells_of(found.rows, group.dimensions, needs, grid)
    return with_labels(group, cells, rows, grid, most), found.latest


def _sight(database: Database, source: str, latest: datetime | None, now: datetime) -> Freshness:
    if latest is not None:
        return Freshness(latest, spoke=True)
    with snapshot(database) as connection:
        return Freshness(None, alert_windows.spoke(connection, source, now - LOOK_BACK, now))


def _newer(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, default=None)
