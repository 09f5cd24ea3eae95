"""What people say of an incident: it was expected, or it was real. Each change has an audit
entry."""

from collections.abc import Callable
from datetime import datetime

from analytics.anomalies.answers import IncidentResponse
from analytics.anomalies.reports import AnomalyReports
from analytics.permission.actor import Actor, NotAllowed
from models.anomalies import feedback
from models.anomalies.incidents import Feedback
from models.database.engine import Database
from models.metrics.anomalies.incident import FeedbackVerdict
from models.people.audit import Audit, AuditEntry

NOT_THERE = "There is no incident with this number."


class NoSuchIncident(Exception):
    """There is no incident of this id."""


class FeedbackActions:
    """Methods raise `NotAllowed` for all but admins, `NoSuchIncident`, and `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._audit = Audit(database)
        self._reports = AnomalyReports(database)
        self._now = now

    def give(
        self, actor: Actor, incident_id: int, verdict: FeedbackVerdict, note: str
    ) -> IncidentResponse:
        """Store the verdict in place of the one before; the same again changes nothing."""
        if not actor.is_admin:
            raise NotAllowed("Only an admin may do this.")
        incident = self._incident(incident_id)
        last = incident.feedback
        if last is not None and (last.verdict, last.note, last.by) == (verdict, note, actor.name):
            return incident
        at = self._now()
        with self._database.transaction() as connection:
            stored = Feedback(verdict, actor.name, note, at)
            if not feedback.give(connection, incident_id, stored):
                raise NoSuchIncident(NOT_THERE)
        detail = {"verdict": verdict.value, "note": note}
        entry = AuditEntry(at, actor.name, "judged incident", str(incident_id), detail)
        self._audit.record(entry)
        return self._incident(incident_id)

    def _incident(self, incident_id: int) -> IncidentResponse:
        incident = self._reports.incident(incident_id)
        if incident is None:
            raise NoSuchIncident(NOT_THERE)
        return incident
