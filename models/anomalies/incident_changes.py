"""Incidents that begin, grow, end, are joined and explained; in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, text

from models.metrics.anomalies.incident import IncidentFigures, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey

from .series import KEY

LOCK = 5_726_005  # one transaction at a time reads incidents and groups them again
_figures = IncidentFigures.__struct_fields__
WRITTEN = (*KEY, *_figures, "deviation", "deviation_percent", "causes")
PART_COLUMNS = ("series_id", "incident_id", "steps", *_figures)
_record = "json_populate_record(NULL::incidents, CAST(:row AS json))"
ADD = text(
    f"INSERT INTO incidents ({', '.join(WRITTEN)}, updated_at) "
    f"SELECT {', '.join(WRITTEN)}, :now FROM {_record} RETURNING id"
)
CHANGE = text(
    f"UPDATE incidents AS i SET {', '.join(f'{name} = c.{name}' for name in WRITTEN)}, "
    f"updated_at = :now FROM {_record} AS c WHERE i.id = :id AND "
    f"({', '.join(f'i.{name}' for name in WRITTEN)}) IS DISTINCT FROM "
    f"({', '.join(f'c.{name}' for name in WRITTEN)})"
)
STORE_PARTS = text(
    f"INSERT INTO incident_parts ({', '.join(PART_COLUMNS)}) SELECT {', '.join(PART_COLUMNS)} "
    "FROM json_populate_recordset(NULL::incident_parts, CAST(:rows AS json)) "
    "ON CONFLICT (series_id, started_at) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in PART_COLUMNS[1:])
)
# Of several that become one the last word on any of them stands for it.
MOVE_FEEDBACK = text(
    "INSERT INTO incident_feedback (incident_id, verdict, actor, note, at) "
    "SELECT :id, verdict, actor, note, at FROM incident_feedback WHERE incident_id = ANY(:joined) "
    "ORDER BY at DESC LIMIT 1 ON CONFLICT (incident_id) DO UPDATE SET "
    "verdict = excluded.verdict, actor = excluded.actor, note = excluded.note, at = excluded.at "
    "WHERE incident_feedback.at < excluded.at"
)
REMOVE = text("DELETE FROM incidents WHERE id = ANY(:joined)")
EXPLAIN = text("UPDATE incidents SET explanation = CAST(:explanation AS jsonb) WHERE id = :id")
FORGET = text("DELETE FROM incidents WHERE ended_at < :before")


def lock(connection: Connection) -> None:
    """Take the lock of incidents until the end of the transaction, before reading to change."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


@dataclass(frozen=True, slots=True)
class IncidentContent:
    """What an incident is: the series of its leading part, the figures, and what may have caused
    it."""

    key: SeriesKey
    figures: IncidentFigures
    causes: Sequence[Mapping[str, Any]] = ()


def add(connection: Connection, content: IncidentContent, now: datetime) -> int:
    """Add an incident; its id."""
    values = {"row": _row(content), "now": now}
    incident_id: int = connection.execute(ADD, values).scalar_one()
    return incident_id


def change(
    connection: Connection, incident_id: int, content: IncidentContent, now: datetime
) -> None:
    """Write what an incident is now; where nothing differs nothing is written."""
    values = {"row": _row(content), "now": now, "id": incident_id}
    connection.execute(CHANGE, values)


def store_parts(connection: Connection, incident_id: int, parts: Sequence[IncidentPart]) -> None:
    """Write the parts of an incident. A part is the same whose series and start are; it leaves the
    incident that it was in before."""
    rows = [
        {name: getattr(part, name) for name in PART_COLUMNS} | {"incident_id": incident_id}
        for part in parts
    ]
    if rows:
        connection.execute(STORE_PARTS, {"rows": msgspec.json.encode(rows).decode()})


def join(connection: Connection, incident_id: int, joined: Sequence[int]) -> None:
    """Delete the incidents that have become one with `incident_id`, after their parts left them;
    what was said of them is said of it."""
    if joined:
        values = {"id": incident_id, "joined": list(joined)}
        connection.execute(MOVE_FEEDBACK, values)
        connection.execute(REMOVE, {"joined": list(joined)})


def explain(connection: Connection, incident_id: int, explanation: Mapping[str, Any]) -> None:
    """Store what explains an incident."""
    values = {"id": incident_id, "explanation": msgspec.json.encode(explanation).decode()}
    connection.execute(EXPLAIN, values)


def forget(connection: Connection, before: datetime) -> int:
    """Delete incidents that ended before, with their parts and feedback; how many."""
    return connection.execute(FORGET, {"before": before}).rowcount


def _row(content: IncidentContent) -> str:
    figures = content.figures
    values = asdict(figures) | {name: getattr(content.key, name) for name in KEY}
    values |= {"deviation": figures.deviation, "deviation_percent": figures.deviation_percent}
    return msgspec.json.encode(values | {"causes": content.causes}).decode()
