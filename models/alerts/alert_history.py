"""Alerts for reading: the live ones, those of a range, and one with its transitions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from models.database.engine import Database

from .alerts import (
    COLUMNS,
    TRANSITION_COLUMNS,
    AlertRow,
    TransitionRow,
    alert_transitions,
    alerts,
    row_of,
    transition_of,
)

_alert_columns = tuple(alerts.c[name] for name in COLUMNS)
_transition_columns = tuple(alert_transitions.c[name] for name in TRANSITION_COLUMNS)
_ended = alerts.c.ended_at.is_not(None)
_newest_first = (alerts.c.started_at.desc(), alerts.c.id.desc())


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Alerts in one of `states`, of one severity, of one rule; `None`: of any."""

    states: Sequence[str]
    severity: str | None = None
    rule_id: int | None = None


class AlertHistory:
    """The repository of alerts, for reading. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, filters: AlertFilter, most: int) -> list[AlertRow]:
        """Live alerts, the newest first."""
        return self._rows([~_ended, *_conditions(filters)], most)

    def between(
        self, start: datetime, end: datetime, filters: AlertFilter, most: int
    ) -> list[AlertRow]:
        """Alerts that were pending or active at some time of [start, end), the newest first."""
        overlaps = and_(alerts.c.started_at < end, or_(~_ended, alerts.c.ended_at >= start))
        return self._rows([overlaps, *_conditions(filters)], most)

    def rules(self, most: int) -> dict[int, str]:
        """The rules of the stored alerts, removed ones too: id to last name; the `most` newest."""
        newest = select(func.max(alerts.c.id)).group_by(alerts.c.rule_id)
        query = select(alerts.c.rule_id, alerts.c.rule).where(alerts.c.id.in_(newest))
        query = query.order_by(alerts.c.rule_id.desc()).limit(most)
        with self._database.transaction() as connection:
            return {row.rule_id: row.rule for row in connection.execute(query)}

    def find(self, alert_id: int) -> tuple[AlertRow, list[TransitionRow]] | None:
        """One alert with its transitions in order; `None`: no such alert."""
        transitions = select(*_transition_columns).where(alert_transitions.c.alert_id == alert_id)
        with self._database.transaction() as connection:
            row = connection.execute(
                select(*_alert_columns).where(alerts.c.id == alert_id)
            ).one_or_none()
            if row is None:
                return None
            rows = connection.execute(transitions.order_by(alert_transitions.c.id))
            return row_of(row), [transition_of(values) for values in rows]

    def latest_changes(self, most: int) -> list[tuple[AlertRow, TransitionRow]]:
        """The newest transitions with their alerts, the newest first."""
        query = (
            select(*_alert_columns, *_transition_columns)
            .join_from(alert_transitions, alerts, alerts.c.id == alert_transitions.c.alert_id)
            .order_by(alert_transitions.c.id.desc())
            .limit(most)
        )
        with self._database.transaction() as connection:
            return [
                (row_of(row[: len(COLUMNS)]), transition_of(row[len(COLUMNS) :]))
                for row in connection.execute(query)
            ]

    def counts(self, states: Sequence[str]) -> dict[str, int]:
        """Number of live alerts by state, of `states` that have any."""
        counting = select(alerts.c.state, func.count()).group_by(alerts.c.state)
        with self._database.transaction() as connection:
            rows = connection.execute(counting.where(~_ended, alerts.c.state.in_(states)))
            return {row[0]: row[1] for row in rows}

    def forget(self, before: datetime) -> int:
        """Delete alerts that ended before, with their transitions; how many."""
        with self._database.transaction() as connection:
            return connection.execute(delete(alerts).where(alerts.c.ended_at < before)).rowcount

    def _rows(self, conditions: list[ColumnElement[bool]], most: int) -> list[AlertRow]:
        query = select(*_alert_columns).where(*conditions).order_by(*_newest_first).limit(most)
        with self._database.transaction() as connection:
            return [row_of(row) for row in connection.execute(query)]


def _conditions(filters: AlertFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [alerts.c.state.in_(filters.states)]
    if filters.severity is not None:
        conditions.append(alerts.c.severity == filters.severity)
    if filters.rule_id is not None:
        conditions.append(alerts.c.rule_id == filters.rule_id)
    return conditions
