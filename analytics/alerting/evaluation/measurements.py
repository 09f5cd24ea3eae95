"""Reads the measurements rules are evaluated on: one query per group of rules that share it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from analytics.alerting.evaluation.evaluate import Freshness
from analytics.alerting.evaluation.incident_rules import MOST_INCIDENTS, RuleIncident
from analytics.alerting.evaluation.label_breakdown import join_breakdown
from analytics.alerting.evaluation.rule_baseline import RuleBaseline, load_baselines
from analytics.alerting.rules.formulas import ROW_COUNTS, formula_for, formula_of
from analytics.alerting.rules.groups import Group, group_of
from analytics.alerting.rules.rule import LONGEST_WINDOW_SECONDS, Rule
from analytics.query.arrays import Arrays
from analytics.query.engine import Engine
from analytics.query.formula import ACTIVE, Formula, sums_of
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from models.anomalies import incidents as stored_incidents
from models.anomalies.incidents import IncidentFilter
from models.database.engine import Database, DatabaseAway
from models.metrics.anomalies.incident import IncidentPart
from models.metrics.grid import Grid
from models.queries.snapshot import snapshot

STEP_SECONDS = 60
STEPS = LONGEST_WINDOW_SECONDS // STEP_SECONDS
RECENT = timedelta(days=1)  # a source silent for longer is not considered missing
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RuleMeasurements:
    """The arrays of each group of rules, the freshness of each sender, and faults of reading; the
    incidents that go on, and why they could not be read; the baselines of rules by id."""

    arrays: Mapping[Group, Arrays] = field(default_factory=dict)
    freshness: Mapping[str, Freshness] = field(default_factory=dict)
    faults: Mapping[Group, str] = field(default_factory=dict)
    incidents: Sequence[RuleIncident] = ()
    incident_fault: str = ""
    baselines: Mapping[int, RuleBaseline] = field(default_factory=dict)


def load_current(database: Database, rules: Iterable[Rule], now: datetime) -> RuleMeasurements:
    """The last 60 minutes. A failed query becomes a fault of its group; the others are read.

    Raises `DatabaseAway`.
    """
    groups: dict[Group, list[Formula]] = {}
    rules = list(rules)
    for rule in (each for each in rules if not each.is_of_anomalies):
        groups.setdefault(group_of(rule), []).append(formula_for(rule))
    arrays: dict[Group, Arrays] = {}
    faults: dict[Group, str] = {}
    grid = Grid.uniform(now - timedelta(seconds=STEP_SECONDS * STEPS), STEP_SECONDS, STEPS)
    for group, formulas in groups.items():
        try:
            arrays[group] = read_group(database, group, query_of(group, formulas, grid))
        except DatabaseAway:
            raise
        except Exception as fault:
            logger.exception("cannot read %s", group)
            faults[group] = f"{type(fault).__name__}: {fault}"
    freshness = {
        sender.sender: _freshness(database, sender, arrays, now)
        for sender in {Group(group.source, (), of_tests=group.of_tests) for group in arrays}
    }
    baselines = load_baselines(database, rules)
    measured = RuleMeasurements(arrays, freshness, faults, baselines=baselines)
    if not any(rule.is_of_anomalies for rule in rules):
        return measured
    try:
        filters = IncidentFilter(start=now - RECENT, end=now, ongoing_only=True)
        return replace(measured, incidents=load_incidents(database, filters))
    except DatabaseAway:
        raise
    except Exception as fault:
        logger.exception("cannot read incidents")
        return replace(measured, incident_fault=f"{type(fault).__name__}: {fault}")


def query_of(group: Group, formulas: Iterable[Formula], grid: Grid) -> Query:
    """The query of a group over windows that end with the last step of `grid`; it counts the rows
    of the source too, by which a silent source is noticed, and sessions of browsers."""
    rows = formula_of(group.source, ROW_COUNTS[group.source], "count")
    active = sums_of((ACTIVE,)) if group.source == "client" else ()
    return Query(
        source=SeriesSource(group.source),
        metrics=(*(_without(formula, group) for formula in formulas), rows, *active),
        window=TimeRange(grid.start, grid.end),
        filters={"app": (group.of_tests,)} if group.of_tests else {},
        group_by=group.dimensions,
        grid=grid,
        is_live=True,
    )


def read_group(database: Database, group: Group, query: Query) -> Arrays:
    """The arrays of a group, its label breakdown joined. Raises `DatabaseAway`."""
    part = group.breakdown
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        total = engine.arrays(plan)
        if part is None:
            return total
        by_label = engine.by_label(plan, part)
    return join_breakdown(total, by_label, part, is_complete=len(by_label.labels) < query.most)


def load_incidents(database: Database, filters: IncidentFilter) -> list[RuleIncident]:
    """The newest incidents with their parts. Raises `DatabaseAway`."""
    with snapshot(database) as connection:
        rows = stored_incidents.matching(connection, filters, MOST_INCIDENTS)
        parts = stored_incidents.parts_of(connection, [row.id for row in rows])
    of_incident: dict[int, list[IncidentPart]] = {row.id: [] for row in rows}
    for part in parts:
        of_incident[part.incident_id].append(part)
    return [RuleIncident(row, of_incident[row.id]) for row in rows]


def _without(formula: Formula, group: Group) -> Formula:
    """The formula without the sum that is read by label."""
    if group.breakdown is None:
        return formula
    return replace(
        formula, numerator=tuple(n for n in formula.numerator if n != group.breakdown.sum_name)
    )


def _freshness(
    database: Database, sender: Group, arrays: Mapping[Group, Arrays], now: datetime
) -> Freshness:
    moments = [
        each.latest
        for group, each in arrays.items()
        if group.sender == sender.sender and each.latest
    ]
    if moments:
        return Freshness(max(moments), has_recent_rows=True)
    day = Grid((now - RECENT, now))
    rows = read_group(database, sender, query_of(sender, (), day))
    return Freshness(None, has_recent_rows=rows.latest is not None)
