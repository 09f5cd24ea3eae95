"""Rows of alerts and their transitions, with defaults."""

from typing import Any

import msgspec

from models.alerts import alerts
from models.alerts.alerts import AlertRow, TransitionRow
from models.database.engine import Database
from tests.support.clock import NOON


def alert_row(label: str = "BR", **fields: Any) -> AlertRow:
    """A firing alert of rule 1 since noon, of one country; `fields` are of the row or its state."""
    defaults: dict[str, Any] = {
        "rule_id": 1, "rule": "Slow", "severity": "warning", "threshold": 200.0,
        "labels": {"country": label}, "label_key": f"country={label}", "state": "firing",
        "since": NOON, "started_at": NOON, "evaluated_at": NOON,
    }  # fmt: skip
    values = defaults | fields
    return msgspec.convert(values | {"alert_state": values}, AlertRow)


def transition(alert_id: int, after: str = "firing", **fields: Any) -> TransitionRow:
    """A change at noon into the state `after`."""
    defaults: dict[str, Any] = {
        "alert_id": alert_id, "at": NOON, "before": "pending", "after": after, "value": 412.0,
        "threshold": 200.0, "n": 980, "actor": "evaluation", "reason": "over the threshold",
    }  # fmt: skip
    return msgspec.convert(defaults | fields, TransitionRow)


def store_alerts(database: Database, *rows: AlertRow) -> list[int]:
    """Insert the alerts in a transaction each; their ids."""
    ids: list[int] = []
    for row in rows:
        with database.transaction() as connection:
            ids += alerts.add(connection, [row]).values()
    return ids
