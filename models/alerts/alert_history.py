"""What the read side asks of alerts: those that live, those of a range, and one with its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from models.database.engine import Database

from .alerts import COLUMNS, AlertRow, TransitionRow, alert_transitions, alerts, row_of

_shown = tuple(alerts.c[name] for name in COLUMNS)
_told = tuple(alert_transitions.c[name] for name in TransitionRow.__struct_fields__)
_ended = alerts.c.ended_at.is_not(None)
_newest_first = (alerts.c.started_at.desc(), alerts.c.id.desc())


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts: those in one of `states`, of one severity, of one rule; `None`: of any."""

    states: Sequence[str]
    severity: str | None = None
    rule_id: int | None = None


class AlertHistory:
    """The repository of alerts, for reading. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, wanted: AlertFilter, most: int) -> list[AlertRow]:
        """Live alerts, the newest first."""
        return self._rows([~_ended, *_chosen(wanted)], most)

    def between(
        self, start: datetime, end: datetime, wanted: AlertFilter, most: int
    ) -> list[AlertRow]:
        """Alerts whose trouble touched [start, end), the newest first."""
        touches = and_(alerts.c.started_at < end, or_(~_ended, alerts.c.ended_at >= start))
        return self._rows([touches, *_chosen(wanted)], most)

    def rules(self, most: int) -> dict[int, str]:
        """Whose alerts are kept, also of rules that are gone: the last name by number; of very
        many rules the newest."""
        newest = select(func.max(alerts.c.id)).group_by(alerts.c.rule_id)
        query = select(alerts.c.rule_id, alerts.c.rule).where(alerts.c.id.in_(newest))
        query = query.order_by(alerts.c.rule_id.desc()).limit(most)
        with self._database.transaction() as connection:
            return {row.rule_id: row.rule for row in connection.execute(query)}

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

    def latest_changes(self, most: int) -> list[tuple[AlertRow, TransitionRow]]:
        """The newest transitions with their alerts, the newest first."""
        query = (
            select(*_shown, *_told)
            .join_from(alert_transitions, alerts, alerts.c.id == alert_transitions.c.alert_id)
            .order_by(alert_transitions.c.id.desc())
            .limit(most)
        )
        names = TransitionRow.__struct_fields__
        with self._database.transaction() as connection:
            return [
                (
                    row_of(tuple(row)[: len(COLUMNS)]),
                    TransitionRow(**dict(zip(names, tuple(row)[len(COLUMNS) :], strict=True))),
                )
                for row in connection.execute(query)
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

    def _rows(self, conditions: list[ColumnElement[bool]], most: int) -> list[AlertRow]:
        query = select(*_shown).where(*conditions).order_by(*_newest_first).limit(most)
        with self._database.transaction() as connection:
            return [row_of(tuple(row)) for row in connection.execute(query)]


def _chosen(wanted: AlertFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [alerts.c.state.in_(wanted.states)]
    if wanted.severity is not None:
        conditions.append(alerts.c.severity == wanted.severity)
    if wanted.rule_id is not None:
        conditions.append(alerts.c.rule_id == wanted.rule_id)
    return conditions
