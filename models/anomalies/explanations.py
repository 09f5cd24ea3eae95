"""Incidents whose explanation is due: those that have none, that went on or that ended since."""

from datetime import timedelta

from sqlalchemy import Connection, text

from .incidents import SELECT, IncidentRow, incident_of

AGAIN_AFTER = timedelta(hours=1)  # while an incident goes on
DUE = text(
    f"{SELECT} WHERE i.kind <> 'frozen' AND (i.explanation IS NULL OR "
    "coalesce(CAST(nullif(i.explanation ->> 'until', '') AS timestamptz), '-infinity') < i.until - "
    "CASE WHEN i.ended_at IS NULL THEN CAST(:again AS interval) ELSE interval '0' END) "
    "ORDER BY i.ended_at DESC NULLS FIRST, i.id DESC LIMIT :most"
)


def due(connection: Connection, most: int) -> list[IncidentRow]:
    """At most `most` of them: first those that go on, then those that ended last."""
    values = {"again": AGAIN_AFTER, "most": most}
    return [incident_of(row) for row in connection.execute(DUE, values)]
