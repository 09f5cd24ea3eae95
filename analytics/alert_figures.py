"""Reads what rules judge: one question per source and set of dimensions, shared by all rules."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.alerting.cells import Cells
from analytics.alerting.gathering import Grid, Needs, cells_of
from analytics.alerting.judging import Sight
from analytics.alerting.readings import Reading, reading_of
from analytics.alerting.rule import LONGEST_WINDOW_SECONDS, Rule
from models import alert_windows
from models.alert_windows import Question
from models.database import Database, DatabaseAway
from models.report_queries import snapshot

STEP_SECONDS = 60
STEPS = LONGEST_WINDOW_SECONDS // STEP_SECONDS
LOOK_BACK = timedelta(days=1)  # what was silent for longer is not missed by anybody
Group = tuple[str, tuple[str, ...]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Figures:
    """Cells per source and dimensions, how fresh each source is, and what could not be read."""

    cells: Mapping[Group, Cells] = field(default_factory=dict)
    sights: Mapping[str, Sight] = field(default_factory=dict)
    faults: Mapping[Group, str] = field(default_factory=dict)


def group_of(rule: Rule) -> Group:
    """What a rule shares its figures with."""
    return rule.source, rule.dimensions


def present(database: Database, rules: Iterable[Rule], now: datetime) -> Figures:
    """The last 60 minutes. A question that fails does not keep the others from being asked.

    Raises `DatabaseAway`.
    """
    groups: dict[Group, list[Reading]] = {}
    for rule in rules:
        reading = reading_of(rule.source, rule.metric, rule.aggregation)
        groups.setdefault(group_of(rule), []).append(reading)
    cells: dict[Group, Cells] = {}
    faults: dict[Group, str] = {}
    latest: dict[str, datetime | None] = {}
    grid = Grid(now - timedelta(seconds=STEP_SECONDS * STEPS), STEP_SECONDS, STEPS)
    for group, readings in groups.items():
        try:
            cells[group], newest = _asked(database, group, Needs.of(readings), grid)
        except DatabaseAway:
            raise
        except Exception as fault:
            logger.exception("cannot read %s", group)
            faults[group] = f"{type(fault).__name__}: {fault}"
            continue
        latest[group[0]] = _newer(latest.get(group[0]), newest)
    sights = {source: _sight(database, source, found, now) for source, found in latest.items()}
    return Figures(cells, sights, faults)


def past(database: Database, rule: Rule, grid: Grid, most: int) -> Cells:
    """The figures of one rule over the steps of `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    reading = reading_of(rule.source, rule.metric, rule.aggregation)
    return _asked(database, group_of(rule), Needs.of([reading]), grid, most)[0]


def _asked(
    database: Database,
    group: Group,
    needs: Needs,
    grid: Grid,
    most: int = alert_windows.MOST_LABEL_SETS,
) -> tuple[Cells, datetime | None]:
    source, dimensions = group
    step = timedelta(seconds=grid.step_seconds)
    question = Question(
        source=source,
        dimensions=dimensions,
        sums=needs.sums,
        durations=needs.durations,
        start=grid.start,
        end=grid.start + step * grid.steps,
        step=step,
        most=most,
    )
    with snapshot(database) as connection:
        found = alert_windows.ask(connection, question)
    return cells_of(found.rows, dimensions, needs, grid), found.latest


def _sight(database: Database, source: str, latest: datetime | None, now: datetime) -> Sight:
    if latest is not None:
        return Sight(latest, spoke=True)
    with snapshot(database) as connection:
        return Sight(None, alert_windows.spoke(connection, source, now - LOOK_BACK, now))


def _newer(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, default=None)
