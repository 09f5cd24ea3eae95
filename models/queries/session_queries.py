"""Queries about sessions: those that started in a range, and those carried over into it.

Starts add up over steps: complete hours have them in cells, also by the minute. Together with those
carried over, each session that reported within the range is counted once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.intervals import Interval, LevelIntervals, merged
from models.raw.sessions import IS_LONG
from models.rollups.report_aggregates import Rows

from .report_scope import ReportScope

_COUNTED = "count(*) AS sessions, count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal"
_ADDED = (
    "CAST(coalesce(sum(sessions), 0) AS bigint) AS sessions, "
    "CAST(coalesce(sum(abnormal), 0) AS bigint) AS abnormal"
)
Part = tuple[str, Mapping[str, Any]]


class SessionQueries:
    """Queries of one scope on one snapshot."""

    def __init__(self, connection: Connection, scope: ReportScope) -> None:
        self._connection = connection
        self._scope = scope

    def carried_over(self) -> dict[str, Any]:
        """Number of `sessions` that began before the range and reported within it, and the
        `abnormal` ones of them. Recent ones are found by their start, long ones by their end.
        """
        late, long = (
            f"SELECT {_COUNTED} FROM sessions WHERE {which} AND last_seen >= :start "
            f"AND {self._scope.condition}"
            for which in (
                "first_seen < :start AND first_seen >= :start - interval '1 hour'",
                f"first_seen < :start - interval '1 hour' AND {IS_LONG}",
            )
        )
        return self._rows(f"SELECT {_ADDED} FROM ({late} UNION ALL {long}) AS parts", {})[0]

    def started(self, pieces: LevelIntervals) -> Rows:
        """Per step `t`: `sessions` that started in it, and the `abnormal` ones of them by now.

        `pieces.minutes` are full hours counted by the minute; steps are multiples of a minute.
        """
        if len(self._scope.filter_dimensions) > 1:
            everything = [*pieces.raw, *pieces.minutes, *pieces.hours, *pieces.days]
            parts = [self._of_rows(everything)]
        else:
            parts = [
                self._of_rows(pieces.raw),
                self._of_minutes(pieces.minutes),
                self._of_cells("session_hours", pieces.hours),
                self._of_cells("session_days", pieces.days),
            ]
        union = " UNION ALL ".join(statement for statement, _ in parts)
        values = {name: value for _, bound in parts for name, value in bound.items()}
        return self._rows(
            f"SELECT date_bin(:step, t, :origin) AS t, {_ADDED} FROM ({union}) AS parts "
            "GROUP BY 1 ORDER BY 1",
            values,
        )

    def _of_rows(self, intervals: Sequence[Interval]) -> Part:
        where, bound = condition(merged(intervals), "first_seen")
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
        app = " AND app = :app" if "app" in self._scope.filters else ""
        return f"dimension = :dimension AND value = :value{app}"

    def _rows(self, statement: str, more: Mapping[str, Any]) -> Rows:
        cursor = self._connection.execute(text(statement), {**self._scope.values, **more})
        return [dict(row) for row in cursor.mappings()]
