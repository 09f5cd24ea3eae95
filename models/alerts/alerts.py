"""Alerts and their transitions: at most one live alert per rule and label set.

The evaluation writes sets of rows in one statement each, in the transaction of the caller.
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

LOCK = 5_726_003  # one evaluation at a time reads and writes live alerts
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
    *(Column(name, _INSTANT, nullable=False) for name in ("since", "started_at", "evaluated_at")),
    *(Column(name, _INSTANT) for name in ("fired_at", "ended_at")),
    Column("value", Float(53)),
    Column("n", BigInteger(), nullable=False),
    Column("was_bad", Boolean(), nullable=False),
    Column("flips", ARRAY(_INSTANT), nullable=False),
    Column("notified_at", _INSTANT),
    Column("last_notice", Text()),
    Column("firing_notified", Boolean(), nullable=False),
    Column("resolve_pending", Boolean(), nullable=False, server_default="false"),
    *(Column(name, Text()) for name in ("ack_by", "ack_note")),
    *(Column(name, _INSTANT) for name in ("ack_at", "ack_until")),
    Index(
        "uq_alerts_live",
        "rule_id",
        "label_key",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_alerts_resolve_pending", "id", postgresql_where=text("resolve_pending")),
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
    """One alert as stored; `id` 0: not stored yet. `label_key` is `labels` as one text."""

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
    evaluated_at: datetime
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    value: float | None = None
    n: int = 0
    was_bad: bool = False
    flips: tuple[datetime, ...] = ()
    notified_at: datetime | None = None
    last_notice: str | None = None
    firing_notified: bool = False
    resolve_pending: bool = False
    ack_by: str | None = None
    ack_note: str | None = None
    ack_at: datetime | None = None
    ack_until: datetime | None = None


class TransitionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One change of an alert's state; rows are never updated."""

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
WRITTEN_COLUMNS = tuple(name for name in COLUMNS if name != "id")
_written = ", ".join(WRITTEN_COLUMNS)
_transition = ", ".join(TransitionRow.__struct_fields__)
LIVE = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE ended_at IS NULL ORDER BY id FOR UPDATE"
PENDING_RESOLVES = (
    f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE resolve_pending ORDER BY id FOR UPDATE"
)
BY_ID = f"SELECT {', '.join(COLUMNS)} FROM alerts WHERE id = :id FOR UPDATE"
LIVE_LABELS = "SELECT rule_id, labels, state FROM alerts WHERE ended_at IS NULL"
FLIPS = """
SELECT DISTINCT ON (rule_id, label_key) rule_id, label_key, flips FROM alerts
WHERE ended_at >= :since AND flips <> '{}' ORDER BY rule_id, label_key, ended_at DESC
"""
ADD = f"""
INSERT INTO alerts ({_written})
SELECT {_written} FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json))
RETURNING rule_id, label_key, id
"""
CHANGE = f"""
UPDATE alerts SET {", ".join(f"{name} = changes.{name}" for name in WRITTEN_COLUMNS)}
FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json)) AS changes
WHERE alerts.id = changes.id
"""
ADD_TRANSITIONS = f"""
INSERT INTO alert_transitions ({_transition})
SELECT {_transition} FROM json_populate_recordset(NULL::alert_transitions, CAST(:rows AS json))
"""
RENAME = "UPDATE alerts SET rule = :rule WHERE rule_id = :rule_id AND ended_at IS NULL"
REMOVE = "DELETE FROM alerts WHERE id = ANY(:ids)"


def lock(connection: Connection) -> None:
    """Take the lock of the evaluation until the end of the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def live(connection: Connection) -> list[AlertRow]:
    """Every live alert, locked until the transaction ends."""
    return [row_of(tuple(row)) for row in connection.execute(text(LIVE))]


def pending_resolves(connection: Connection) -> list[AlertRow]:
    """Ended alerts whose resolve notice is still to be sent, locked likewise."""
    return [row_of(tuple(row)) for row in connection.execute(text(PENDING_RESOLVES))]


def find(connection: Connection, alert_id: int) -> AlertRow | None:
    """One alert, locked until the transaction ends."""
    row = connection.execute(text(BY_ID), {"id": alert_id}).one_or_none()
    return None if row is None else row_of(tuple(row))


@dataclass(frozen=True, slots=True)
class LiveLabels:
    """Label sets of live alerts by rule id, and the rules whose last evaluation failed."""

    labels: Mapping[int, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    faulty: frozenset[int] = frozenset()


def live_labels(connection: Connection) -> LiveLabels:
    """Label sets to evaluate even where no row has them any more; nothing is locked."""
    labels: dict[int, list[Mapping[str, str]]] = {}
    faulty = set()
    rows = connection.execute(text(LIVE_LABELS))
    for rule_id, alert_labels, state in rows:
        labels.setdefault(rule_id, []).append(alert_labels)
        if state == "error":
            faulty.add(rule_id)
    return LiveLabels(labels, frozenset(faulty))


def latest_flips(
    connection: Connection, since: datetime
) -> dict[tuple[int, str], tuple[datetime, ...]]:
    """The `flips` of the last alert of each rule and label key, of those that ended since then."""
    rows = connection.execute(text(FLIPS), {"since": since})
    return {(rule_id, label_key): tuple(flips) for rule_id, label_key, flips in rows}


def add(connection: Connection, rows: Sequence[AlertRow]) -> dict[tuple[int, str], int]:
    """Insert alerts; their ids by rule id and label key."""
    if not rows:
        return {}
    ids = connection.execute(text(ADD), {"rows": _json(rows)})
    return {(rule_id, label_key): alert_id for rule_id, label_key, alert_id in ids}


def change(connection: Connection, rows: Sequence[AlertRow]) -> None:
    """Update alerts, all columns of each."""
    if rows:
        connection.execute(text(CHANGE), {"rows": _json(rows)})


def add_transitions(connection: Connection, rows: Sequence[TransitionRow]) -> None:
    """Insert transitions."""
    if rows:
        connection.execute(text(ADD_TRANSITIONS), {"rows": _json(rows)})


def rename(connection: Connection, rule_id: int, rule: str) -> None:
    """Write the new name of a rule into its live alerts, under the lock of the evaluation."""
    lock(connection)
    connection.execute(text(RENAME), {"rule_id": rule_id, "rule": rule})


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Delete alerts with their transitions."""
    if ids:
        connection.execute(text(REMOVE), {"ids": list(ids)})


def row_of(row: Sequence[Any]) -> AlertRow:
    """An alert from a row of `COLUMNS`."""
    values = dict(zip(COLUMNS, row, strict=True))
    return AlertRow(**(values | {"flips": tuple(values["flips"])}))


def _json(rows: Sequence[msgspec.Struct]) -> str:
    return msgspec.json.encode(rows).decode()
