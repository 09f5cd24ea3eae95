"""Alerts and their transitions: at most one live alert per rule and label set.

Sets of rows are written in one statement each, in the transaction of the caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import astuple
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
from models.metrics.alert_state import Acknowledgement, AlertState, Transition

LOCK = 5_726_003  # one transaction at a time reads live alerts and changes them
AlertKey = tuple[int, str]  # rule id and label key
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


class AlertRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One alert as stored; `id` 0: not stored yet. `label_key` is `labels` as one text. The columns
    are these fields, those of the state, and `ack_` before those of its acknowledgement."""

    id: int = 0
    rule_id: int
    rule: str
    severity: str
    threshold: float | None
    labels: dict[str, str]
    label_key: str
    alert_state: AlertState

    @property
    def key(self) -> AlertKey:
        """Identifies a live alert: rule id and label key."""
        return self.rule_id, self.label_key


class TransitionRow(Transition, frozen=True, kw_only=True, gc=False):
    """One change of an alert's state; rows are never updated."""

    alert_id: int
    threshold: float | None


ACKNOWLEDGED_COLUMNS = {f"ack_{name}": name for name in Acknowledgement.__struct_fields__}
NO_ACKNOWLEDGEMENT = (None,) * len(ACKNOWLEDGED_COLUMNS)
_OWN_COLUMNS = [n for n in AlertRow.__struct_fields__ if n not in ("id", "alert_state")]
_STATE_COLUMNS = [name for name in AlertState.__struct_fields__ if name != "acknowledged"]
_own_values, _state_values = attrgetter(*_OWN_COLUMNS), attrgetter(*_STATE_COLUMNS)
WRITTEN_COLUMNS = (*_OWN_COLUMNS, *_STATE_COLUMNS, *ACKNOWLEDGED_COLUMNS)
COLUMNS = ("id", *WRITTEN_COLUMNS)
TRANSITION_COLUMNS = TransitionRow.__struct_fields__
_columns, _written = ", ".join(COLUMNS), ", ".join(WRITTEN_COLUMNS)
_transition = ", ".join(TRANSITION_COLUMNS)
LIVE = f"SELECT {_columns} FROM alerts WHERE ended_at IS NULL ORDER BY id"
PENDING_RESOLVES = f"SELECT {_columns} FROM alerts WHERE resolve_pending ORDER BY id"
BY_ID = f"SELECT {_columns} FROM alerts WHERE id = :id"
LIVE_LABELS = """
SELECT rule_id, jsonb_agg(labels), bool_or(state = 'error') FROM alerts
WHERE ended_at IS NULL GROUP BY rule_id
"""
FLIPS = """
SELECT DISTINCT ON (rule_id, label_key) rule_id, label_key, flips FROM alerts
WHERE ended_at >= :since AND flips <> '{}' ORDER BY rule_id, label_key, ended_at DESC
"""
ADD = f"""
INSERT INTO alerts ({_written})
SELECT {_written} FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json))
RETURNING rule_id, label_key, id
"""
ADD_TRANSITIONS = f"""
INSERT INTO alert_transitions ({_transition})
SELECT {_transition} FROM json_populate_recordset(NULL::alert_transitions, CAST(:rows AS json))
"""
RENAME = "UPDATE alerts SET rule = :rule WHERE rule_id = :rule_id AND ended_at IS NULL"
REMOVE = "DELETE FROM alerts WHERE id = ANY(:ids)"


def lock(connection: Connection) -> None:
    """Take the lock of live alerts until the end of the transaction, before reading to change."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def live(connection: Connection) -> list[AlertRow]:
    """Every live alert."""
    return [row_of(row) for row in connection.execute(text(LIVE)).all()]


def pending_resolves(connection: Connection) -> list[AlertRow]:
    """Ended alerts whose resolve notice is still to be sent."""
    return [row_of(row) for row in connection.execute(text(PENDING_RESOLVES)).all()]


def find(connection: Connection, alert_id: int) -> AlertRow | None:
    """One alert."""
    row = connection.execute(text(BY_ID), {"id": alert_id}).one_or_none()
    return None if row is None else row_of(row)


@dataclass(frozen=True, slots=True)
class LiveLabels:
    """Label sets of live alerts by rule id, and the rules whose last evaluation failed."""

    labels: Mapping[int, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    faulty: frozenset[int] = frozenset()


def live_labels(connection: Connection) -> LiveLabels:
    """Label sets to evaluate even where no row has them any more."""
    rows = connection.execute(text(LIVE_LABELS)).all()
    return LiveLabels(
        {rule_id: labels for rule_id, labels, _ in rows},
        frozenset(rule_id for rule_id, _, is_faulty in rows if is_faulty),
    )


def latest_flips(connection: Connection, since: datetime) -> dict[AlertKey, tuple[datetime, ...]]:
    """The `flips` of the last alert of each rule and label key, of those that ended since then."""
    rows = connection.execute(text(FLIPS), {"since": since})
    return {(rule_id, label_key): tuple(flips) for rule_id, label_key, flips in rows}


def add(connection: Connection, rows: Sequence[AlertRow]) -> dict[AlertKey, int]:
    """Insert alerts; their ids by rule id and label key."""
    if not rows:
        return {}
    ids = connection.execute(text(ADD), {"rows": _json([_values_of(row) for row in rows])})
    return {(rule_id, label_key): alert_id for rule_id, label_key, alert_id in ids}


def change(connection: Connection, changes: Iterable[tuple[AlertRow, AlertRow]]) -> None:
    """Update alerts, read before under the lock: of each the columns in which the second differs
    from the first. At most evaluations that is three of all: a third of the time."""
    rows_by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for before, after in changes:
        pairs = zip(WRITTEN_COLUMNS, _written_values(before), _written_values(after), strict=True)
        changed = {name: new for name, old, new in pairs if new != old}
        if changed:
            rows_by_columns.setdefault(tuple(changed), []).append({"id": after.id, **changed})
    for columns, rows in rows_by_columns.items():
        connection.execute(text(_change_statement(columns)), {"rows": _json(rows)})


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
    acknowledged = {name: values[column] for column, name in ACKNOWLEDGED_COLUMNS.items()}
    values["acknowledged"] = acknowledged if acknowledged["by"] is not None else None
    return msgspec.convert(values | {"alert_state": values}, AlertRow)


def transition_of(row: Sequence[Any]) -> TransitionRow:
    """A transition from a row of `TRANSITION_COLUMNS`."""
    return msgspec.convert(dict(zip(TRANSITION_COLUMNS, row, strict=True)), TransitionRow)


def _values_of(row: AlertRow) -> dict[str, Any]:
    """The value of each written column."""
    return dict(zip(WRITTEN_COLUMNS, _written_values(row), strict=True))


def _written_values(row: AlertRow) -> tuple[Any, ...]:
    """In the order of `WRITTEN_COLUMNS`."""
    acknowledged = row.alert_state.acknowledged
    acknowledgement = NO_ACKNOWLEDGEMENT if acknowledged is None else astuple(acknowledged)
    return *_own_values(row), *_state_values(row.alert_state), *acknowledgement


def _change_statement(columns: Iterable[str]) -> str:
    return f"""
    UPDATE alerts SET {", ".join(f"{name} = changes.{name}" for name in columns)}
    FROM json_populate_recordset(NULL::alerts, CAST(:rows AS json)) AS changes
    WHERE alerts.id = changes.id
    """


def _json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()
