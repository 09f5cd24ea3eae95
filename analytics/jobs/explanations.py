"""Explains incidents: at their begin, every hour while they go on, and at their end."""

import logging
from dataclasses import replace
from time import monotonic

from analytics.anomalies.explain.answers import Explanation, to_record
from analytics.anomalies.explain.explain import explain
from analytics.anomalies.explain.meanwhile import NEAR, Moved
from analytics.anomalies.explain.measure import NoSeries
from analytics.anomalies.explain.reader import Change
from analytics.query.query import SeriesSource
from analytics.ranges.app_zones import AppZones, zone_of
from analytics.ranges.timerange import TimeRange
from models.anomalies import explanations, incident_changes, incidents
from models.anomalies.incidents import IncidentFilter, IncidentRow
from models.database.engine import Database, DatabaseAway
from models.database.leases import LeaseLost
from models.metrics.client_catalogue import METRICS
from models.metrics.server_catalogue import SERVER_METRICS

from .job import JobContext

RUN_SECONDS = 10.0  # in which a run begins further explanations
MOST = 50
MOST_OTHERS = 100
NOT_EXPLAINED = "The store does not tell slices of this metric."
logger = logging.getLogger(__name__)


class NotExplained(Exception):
    """An incident that is due could not be explained; all others were."""


def step(context: JobContext) -> str:
    """Explain the incidents that are due, for some seconds. Raises `NotExplained`."""
    began, number, faults = monotonic(), 0, []
    with context.database.transaction() as connection:
        due = explanations.due(connection, MOST)
    for row in due:
        if monotonic() - began > RUN_SECONDS:
            break
        try:
            _explain(context, row)
            number += 1
        except (DatabaseAway, LeaseLost):
            raise
        except Exception as fault:
            logger.exception("incident %s cannot be explained", row.id)
            faults.append(f"incident {row.id}: {type(fault).__name__}: {fault}")
    if faults:
        raise NotExplained("; ".join(faults))
    return f"{number} of {len(due)} incidents explained"


def _explain(context: JobContext, row: IncidentRow) -> None:
    record = to_record(explained(context.database, row, context.settings.app_zones))
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
        incident_changes.explain(connection, row.id, record)


def explained(database: Database, row: IncidentRow, zones: AppZones) -> Explanation:
    """The explanation of an incident so far: of its leading series while that deviates."""
    with database.transaction() as connection:
        parts = incidents.parts_of(connection, [row.id])
    leading = next((part for part in parts if part.key == row.key), row)
    source, app = SeriesSource(row.key.source), row.key.app
    change = Change(
        source=source, app=app, metric=row.key.metric, labels=row.key.labels,
        window=TimeRange(leading.started_at, leading.until),
        zone=zone_of(zones, [app] if app else ()),
    )  # fmt: skip
    try:
        explanation = explain(database, change, _others(database, row))
    except NoSeries:
        explanation = Explanation(total_change=0.0, unit="", sentence=NOT_EXPLAINED)
    return replace(explanation, until=row.until.isoformat())


def _others(database: Database, row: IncidentRow) -> list[Moved]:
    filters = IncidentFilter(start=row.started_at - NEAR, end=row.until)
    with database.transaction() as connection:
        rows = incidents.matching(connection, filters, MOST_OTHERS)
    return [_moved(other, row) for other in rows if other.id != row.id]


def _moved(row: IncidentRow, beside: IncidentRow) -> Moved:
    """With its app where that is another one."""
    app = {"app": row.key.app} if row.key.app != beside.key.app else {}
    metric = METRICS.get(row.key.metric) or SERVER_METRICS.get(row.key.metric)
    return Moved(
        metric=metric.label if metric is not None else row.key.metric.capitalize(),
        labels=tuple({**app, **row.key.labels}.items()),
        start=row.started_at,
        end=row.ended_at,
        severity=row.severity,
    )
