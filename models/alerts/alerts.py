"""Alerts and what became of them: one live alert per rule and label set, transitions kept for good.

The evaluation writes sets of rows in one statement each; its transaction is the caller's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base

LOCK = 5_726_003  # one evaluation at a time reads and writes what lives
_INSTANT = DateTime(timezone=True)

alerts = Table(
    "alerts",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("rule_id", BigInteger(), nullable=False),
    *(Column(name, Text(), nullable=False) for name in ("rule", "severity")),
    Column("threshold", Float(53)),
    Column("labels", JSONB(), nullable=False),
    Column("label_key", Text(), nullable=False),
    Column("state", Text(), nullable=False),
    *(Column(name, _INSTANT, nullable=False) for name in ("since", "started_at", "seen_at")),
    *(Column(name, _INSTANT) for name in ("fired_at", "ended_at")),
    Column("value", Float(53)),
    Column("n", BigInteger(), nullable=False),
    Column("was_bad", Boolean(), nullable=False),
    Column("flips", ARRAY(_INSTANT), nullable=False),
    Column("told_at", _INSTANT),
    Column("told_as", Text()),
    Column("told_of_trouble", Boolean(), nullable=False),
    Column("owes_end", Boolean(), nullable=False, server_default="false"),
    *(Column(name, Text()) for name in ("ack_by", "ack_note")),
    *(Column(name, _INSTANT) for name in ("ack_at", "ack_until")),
    Index(
        "uq_alerts_live",
        "rule_id",
        "label_key",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_alerts_owing", "id", postgresql_where=text("owes_end")),
    Index(None, "ended_at"),
    Index(None, "started_at"),
)
alert_transitions = Table(
    "alert_transitions",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("alert_id", BigInteger(), ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("before", Text(), nullable=False),
    Column("after", Text(), nullable=False),
    Column("value", Float(53)),
    Column("threshold", Float(53)),
    Column("n", BigInteger(), nullable=False),
    Column("actor", Text(), nullable=False),
    Column("reason", Text(), nullable=False),
    Index(None, "alert_id", "id"),
)


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as stored; `id` 0 is a new one. `label_key` is what labels are compared by."""

    id: int = 0
    rule_id: int
    rule: str
    severity: str
    threshold: float | None
    labels: dict[str, str]
    label_key: str
    state: str
    since: datetime
    started_at: datetime
    seen_at: datetime
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    value: float | None = None
    n: int = 0
    was_bad: bool = False
    flips: tuple[datetime, ...] = ()
    told_at: datetime | None = None
    told_as: str | None = None
    told_of_trouble: bool = False
    owes_end: bool = False
    ack_by: str | None = None
    ack_note: str | None = None
    ack_at: datetime | None = None
    ack_until: datetime | None = None


class TransitionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One change of an alert's state, added and never changed."""

    alert_id: int
    at: datetime
    before: str
    after: str
    value: float | None
    threshold: float | None
    n: int
    actor: str
    reason: str


COLUMNS = AlertRow.__struct_fields__
KEPT = tuple(name for name in COLUMNS if name != "id")
_kept = ", ".join(KEPT)
_transition = ", ".join(TransitionRow.__struct_fields__)
LIVE = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE ended_at IS NULL ORDER BY id FOR UPDATE"
OWING = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE owes_end ORDER BY id FOR UPDATE"
ONE = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE id = :id FOR UPDATE"
LIVING = "SELECT rule_id, labels, state FROM alerts WHERE ended_at IS NULL"
FLIPS = """
SELECT DISTINCT ON (rule_id, label_key) rule_id, label_key, flips FROM alerts
WHERE ended_at >= :since AND flips <> '{}' ORDER BY rule_id, label_key, ended_at DESC
"""
ADD = f"""
INSERT INTO alerts ({_kept})
SELECT {_kept} FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json))
RETURNING rule_id, label_key, id
"""
CHANGE = f"""
UPDATE alerts SET {", ".join(f"{name} = given.{name}" for name in KEPT)}
FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json)) AS given WHERE alerts.id = given.id
"""
NOTE = f"""
INSERT INTO alert_transitions ({_transition})
SELECT {_transition} FROM json_populate_recordset(NULL::alert_transitions, CAST(:rows AS json))
"""
RENAME = "UPDATE alerts SET rule = :rule WHERE rule_id = :rule_id AND ended_at IS NULL"
REMOVE = "DELETE FROM alerts WHERE id = ANY(:ids)"


def lock(connection: Connection) -> None:
    """Wait until no other evaluation is under way; until the transaction ends none begins."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def live(connection: Connection) -> list[AlertRow]:
    """Every live alert, kept from being changed by others until the transaction ends."""
    return [row_of(tuple(found)) for found in connection.execute(text(LIVE))]


def owing(connection: Connection) -> list[AlertRow]:
    """Ended alerts whose end is not told yet, kept from being changed by others likewise."""
    return [row_of(tuple(found)) for found in connection.execute(text(OWING))]


def find(connection: Connection, alert_id: int) -> AlertRow | None:
    """One alert, kept from being changed by others until the transaction ends."""
    found = connection.execute(text(ONE), {"id": alert_id}).one_or_none()
    return None if found is None else row_of(tuple(found))


@dataclass(frozen=True, slots=True)
class Living:
    """Label sets of live alerts by rule, and the rules that were faulty at the last look."""

    labels: Mapping[int, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    faulty: frozenset[int] = frozenset()


def living(connection: Connection) -> Living:
    """What lives, to know where to look; nothing is kept from changing."""
    labels: dict[int, list[Mapping[str, str]]] = {}
    faulty = set()
    found = connection.execute(text(LIVING))
    for rule_id, labelled, state in found:
        labels.setdefault(rule_id, []).append(labelled)
        if state == "error":
            faulty.add(rule_id)
    return Living(labels, frozenset(faulty))


def latest_flips(
    connection: Connection, since: datetime
) -> dict[tuple[int, str], tuple[datetime, ...]]:
    """When the last ended alert of each rule and label set began to fire, of those since."""
    found = connection.execute(text(FLIPS), {"since": since})
    return {(rule_id, label_key): tuple(flips) for rule_id, label_key, flips in found}


def add(connection: Connection, rows: Sequence[AlertRow]) -> dict[tuple[int, str], int]:
    """Add alerts; their ids by rule and label key."""
    if not rows:
        return {}
    found = connection.execute(text(ADD), {"rows": _json(rows)})
    return {(rule_id, label_key): alert_id for rule_id, label_key, alert_id in found}


def change(connection: Connection, rows: Sequence[AlertRow]) -> None:
    """Write alerts as they stand now."""
    if rows:
        connection.execute(text(CHANGE), {"rows": _json(rows)})


def note(connection: Connection, rows: Sequence[TransitionRow]) -> None:
    """Add transitions."""
    if rows:
        connection.execute(text(NOTE), {"rows": _json(rows)})


def rename(connection: Connection, rule_id: int, rule: str) -> None:
    """Call the live alerts of a rule by its new name; waits for an evaluation under way."""
    lock(connection)
    connection.execute(text(RENAME), {"rule_id": rule_id, "rule": rule})


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Remove alerts with their transitions."""
    if ids:
        connection.execute(text(REMOVE), {"ids": list(ids)})


def row_of(found: Sequence[Any]) -> AlertRow:
    """An alert from a row of `COLUMNS`."""
    values = dict(zip(COLUMNS, found, strict=True))
    return AlertRow(**(values | {"flips": tuple(values["flips"])}))


def _json(rows: Sequence[msgspec.Struct]) -> str:
    return msgspec.json.encode(rows).decode()
