"""Writes parts that changed, and the incidents they make, in the transaction of the caller."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from analytics.anomalies.incidents.causes import NearEvent, ReconnectStep, causes_of, near
from analytics.anomalies.incidents.grouping import NEAR, Grouped, grouped
from analytics.anomalies.incidents.meaning import likeness_of, real_kinds
from models.anomalies import feedback, incident_changes, incidents, series, steps
from models.anomalies.incident_changes import IncidentContent
from models.database.engine import Connection
from models.metrics.anomalies.incident import IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from models.raw import events

FEEDBACK_FOR = timedelta(days=90)  # so long a verdict counts for incidents like it


def write(connection: Connection, app: str, changed: Sequence[IncidentPart], now: datetime) -> int:
    """Group the parts of an app that began, went on or ended with those near them; returns how many
    incidents were written."""
    if not changed:
        return 0
    incident_changes.lock(connection)
    verdicts = feedback.verdicts_by_likeness(connection, now - FEEDBACK_FOR)
    real = real_kinds(verdicts)
    since = min(part.started_at for part in changed) - NEAR
    parts = {
        (part.series_id, part.started_at): part
        for part in incidents.parts_since(connection, app, since)
    }
    keys = {(part.series_id, part.started_at): part for part in changed}
    for key, part in keys.items():
        stored_id = parts[key].incident_id if key in parts else part.incident_id
        parts[key] = replace(part, incident_id=stored_id)
    groups = [
        group
        for group in grouped(parts.values(), lambda part: likeness_of(part) in real)
        if {(part.series_id, part.started_at) for part in group.parts} & keys.keys()
        or any(part.incident_id != group.incident_id for part in group.parts)
    ]
    for group in groups:
        _store(connection, app, group, now)
    return len(groups)


def _store(connection: Connection, app: str, group: Grouped, now: datetime) -> None:
    causes = _causes(connection, app, group.figures.started_at)
    content = IncidentContent(group.lead.key, group.figures, causes)
    if group.incident_id:
        incident_id = group.incident_id
        incident_changes.change(connection, incident_id, content, now)
    else:
        incident_id = incident_changes.add(connection, content, now)
    incident_changes.store_parts(connection, incident_id, group.parts)
    incident_changes.join(connection, incident_id, group.joined)


def _causes(connection: Connection, app: str, started_at: datetime) -> list[dict[str, object]]:
    start, end = near(started_at)
    nearby = [
        NearEvent(event.at, event.kind, event.title, event.app)
        for event in events.between(connection, start, end, app)
    ]
    attempts = series.find(connection, SeriesKey("client", app, "reconnect_attempts"))
    reconnects = (
        [
            ReconnectStep(step.starts_at, step.observed, step.high, step.sessions)
            for step in steps.between(connection, [attempts.id], start, end)
        ]
        if attempts
        else []
    )
    return causes_of(started_at, app, nearby, reconnects)
