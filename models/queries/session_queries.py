"""What the read side asks about sessions: who came, and who was there already.

Sessions that came add up: settled hours have them in cells, and by the minute. With those that were
there already when a range began, each that reported within the range is counted once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import Interval, Pieces, condition, joined
from models.raw.sessions import IS_LONG
from models.rollups.report_aggregates import Rows

from .report_scope import Scope

_COUNTED = "count(*) AS sessions, count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal"
_ADDED = (
    "CAST(coalesce(sum(sessions), 0) AS bigint) AS sessions, "
    "CAST(coalesce(sum(abnormal), 0) AS bigint) AS abnormal"
)
Part = tuple[str, Mapping[str, Any]]


class SessionQueries:
    """The questions, asked on one snapshot."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def there_before(self) -> dict[str, Any]:
        """How many `sessions` that reported within the range began before it, `abnormal` ones of
        them. Two ways to the same rows: the late by when they began, the long by when they ended.
        """
        late, long = (
            f"SELECT {_COUNTED} FROM sessions WHERE {which} AND last_seen >= :start "
            f"AND {self._scope.condition}"
            for which in (
                "first_seen < :start AND first_seen >= :start - interval '1 hour'",
                f"first_seen < :start - interval '1 hour' AND {IS_LONG}",
            )
        )
        return self._rows(f"SELECT {_ADDED} FROM ({late} UNION ALL {long}) AS seen", {})[0]

    def started(self, pieces: Pieces) -> Rows:
        """Per step `t`: `sessions` first heard of in it, `abnormal` ones of them by now.

        `pieces.minutes` are whole hours counted by the minute; steps are whole minutes.
        """
        if len(self._scope.divided_by) > 1:
            everything = [*pieces.raw, *pieces.minutes, *pieces.hours, *pieces.days]
            parts = [self._of_rows(everything)]
        else:
            parts = [
                self._of_rows(pieces.raw),
                self._of_minutes(pieces.minutes),
                self._of_cells("session_hours", pieces.hours),
                self._of_cells("session_days", pieces.days),
            ]
        seen = " UNION ALL ".join(statement for statement, _ in parts)
        values = {name: value for _, bound in parts for name, value in bound.items()}
        return self._rows(
            f"SELECT date_bin(:step, t, :origin) AS t, {_ADDED} FROM ({seen}) AS seen "
            "GROUP BY 1 ORDER BY 1",
            values,
        )

    def _of_rows(self, intervals: Sequence[Interval]) -> Part:
        where, bound = condition(joined(intervals), "first_seen")
        statement = (
            f"SELECT date_bin(:step, first_seen, :origin) AS t, {_COUNTED} FROM sessions "
            f"WHERE {where} AND {self._scope.condition} GROUP BY 1"
        )
        return statement, bound

    def _of_cells(self, table: str, intervals: Sequence[Interval]) -> Part:
        where, bound = condition(intervals, "t", prefix=table)
        return f"SELECT t, started, abnormal FROM {table} WHERE {self._of_scope} AND {where}", bound

    def _of_minutes(self, intervals: Sequence[Interval]) -> Part:
        where, bound = condition(intervals, "t", prefix="by_minute")
        statement = (
            "SELECT t + interval '1 minute' * (minute - 1), c, a FROM session_hours, "
            "unnest(started_by_minute, abnormal_by_minute) WITH ORDINALITY AS m (c, a, minute) "
            f"WHERE {self._of_scope} AND {where} AND c > 0"
        )
        return statement, bound

    @property
    def _of_scope(self) -> str:
        app = " AND app = :app" if "app" in self._scope.chosen else ""
        return f"dimension = :dimension AND value = :value{app}"

    def _rows(self, statement: str, more: Mapping[str, Any]) -> Rows:
        found = self._connection.execute(text(statement), {**self._scope.values, **more})
        return [dict(row) for row in found.mappings()]
