"""What the read side asks of alerts: those that live, those of a range, and one with its story."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from .alerts import COLUMNS, AlertRow, TransitionRow, alert_transitions, alerts, row_of
from .database import Database

_shown = tuple(alerts.c[name] for name in COLUMNS)
_told = tuple(alert_transitions.c[name] for name in TransitionRow.__struct_fields__)
_ended = alerts.c.ended_at.is_not(None)
_newest_first = (alerts.c.started_at.desc(), alerts.c.id.desc())


class AlertHistory:
    """The repository of alerts, for reading. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, states: Sequence[str], severity: str | None, most: int) -> list[AlertRow]:
        """Live alerts in one of `states`, the newest first."""
        return self._rows([~_ended, alerts.c.state.in_(states)], severity, most)

    def between(
        self,
        start: datetime,
        end: datetime,
        states: Sequence[str],
        severity: str | None,
        most: int,
    ) -> list[AlertRow]:
        """Alerts in one of `states` whose trouble touched [start, end), the newest first."""
        touches = and_(alerts.c.started_at < end, or_(~_ended, alerts.c.ended_at >= start))
        return self._rows([touches, alerts.c.state.in_(states)], severity, most)

    def find(self, alert_id: int) -> tuple[AlertRow, list[TransitionRow]] | None:
        """One alert with all that became of it, in order; `None` when there is no such."""
        story = select(*_told).where(alert_transitions.c.alert_id == alert_id)
        with self._database.transaction() as connection:
            row = connection.execute(select(*_shown).where(alerts.c.id == alert_id)).one_or_none()
            if row is None:
                return None
            told = connection.execute(story.order_by(alert_transitions.c.id))
            return row_of(tuple(row)), [
                TransitionRow(**dict(zip(TransitionRow.__struct_fields__, one, strict=True)))
                for one in told
            ]

    def count(self, states: Sequence[str]) -> int:
        """How many live alerts are in one of `states`."""
        counting = select(func.count()).select_from(alerts)
        with self._database.transaction() as connection:
            found = connection.execute(counting.where(~_ended, alerts.c.state.in_(states)))
            return found.scalar_one()

    def forget(self, before: datetime) -> int:
        """Delete alerts that ended before, with their story; how many."""
        with self._database.transaction() as connection:
            return connection.execute(delete(alerts).where(alerts.c.ended_at < before)).rowcount

    def _rows(
        self, conditions: list[ColumnElement[bool]], severity: str | None, most: int
    ) -> list[AlertRow]:
        if severity is not None:
            conditions.append(alerts.c.severity == severity)
        query = select(*_shown).where(*conditions).order_by(*_newest_first).limit(most)
        with self._database.transaction() as connection:
            return [row_of(tuple(row)) for row in connection.execute(query)]
