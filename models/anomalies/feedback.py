"""What people say of incidents: one verdict each, the last one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from models.metrics.anomalies.incident import FeedbackVerdict
from models.metrics.intervals import Interval

from .incidents import Feedback

GIVE = text(
    "INSERT INTO incident_feedback (incident_id, verdict, actor, note, at) "
    "SELECT id, :verdict, :actor, :note, :at FROM incidents WHERE id = :id "
    "ON CONFLICT (incident_id) DO UPDATE SET verdict = excluded.verdict, "
    "actor = excluded.actor, note = excluded.note, at = excluded.at"
)
WITHDRAW = text("DELETE FROM incident_feedback WHERE incident_id = :id")
# Of a series that was in it before the first step beyond its band the whole time is left out.
EXPECTED = text(
    "SELECT p.series_id, i.started_at, coalesce(i.ended_at, i.until) FROM incident_parts AS p "
    "JOIN incidents AS i ON i.id = p.incident_id JOIN incident_feedback AS f "
    f"ON f.incident_id = i.id WHERE f.verdict = '{FeedbackVerdict.EXPECTED}' "
    "AND p.series_id = ANY(:ids) AND i.until > :since ORDER BY 1, 2"
)
BY_SEVERITY = text(
    "SELECT i.severity, count(*) FILTER (WHERE f.verdict = :real), count(*) FROM incidents AS i "
    "JOIN incident_feedback AS f ON f.incident_id = i.id GROUP BY 1"
)

BY_LIKENESS = text(
    "SELECT i.source, i.app, i.metric, i.dimension, "
    f"count(*) FILTER (WHERE f.verdict = '{FeedbackVerdict.REAL}'), count(*) "
    "FROM incidents AS i JOIN incident_feedback AS f ON f.incident_id = i.id "
    "WHERE f.at >= :since GROUP BY 1, 2, 3, 4"
)


def give(connection: Connection, incident_id: int, feedback: Feedback) -> bool:
    """Store what a person said, in place of what was said before; False: no such incident."""
    values = {
        "id": incident_id, "verdict": feedback.verdict.value, "actor": feedback.actor,
        "note": feedback.note, "at": feedback.at,
    }  # fmt: skip
    return connection.execute(GIVE, values).rowcount == 1


def withdraw(connection: Connection, incident_id: int) -> bool:
    """Delete what was said of an incident; False: nothing was."""
    return connection.execute(WITHDRAW, {"id": incident_id}).rowcount == 1


def expected_windows(
    connection: Connection, ids: Sequence[int], since: datetime
) -> dict[int, list[Interval]]:
    """The incidents called expected that lasted beyond `since`, as [start, end) by the series that
    took part in them."""
    windows: dict[int, list[Interval]] = {}
    for series_id, *window in connection.execute(EXPECTED, {"ids": list(ids), "since": since}):
        windows.setdefault(series_id, []).append((window[0], window[1]))
    return windows


def real_by_severity(connection: Connection) -> dict[str, tuple[int, int]]:
    """Of the incidents that people judged: how many were real and how many were judged, by
    severity."""
    rows = connection.execute(BY_SEVERITY, {"real": FeedbackVerdict.REAL.value})
    return {severity: (real, judged) for severity, real, judged in rows}


def verdicts_by_likeness(
    connection: Connection, since: datetime
) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """How many incidents people called real and expected since then, by source, app, metric and
    dimension."""
    rows = connection.execute(BY_LIKENESS, {"since": since})
    return {
        (source, app, metric, name): (real, judged - real)
        for source, app, metric, name, real, judged in rows
    }
