"""What the read side asks about sessions: who was there, and who came.

How many different ones there were cannot be added up, so it is counted from the rows themselves,
for up to a day. How many came adds up: hours that are settled have it in cells.
"""

from typing import Any

from sqlalchemy import Connection, text

from .intervals import Pieces, condition, joined
from .report_groups import Rows
from .report_scope import Scope

_COUNTED = "count(*) AS sessions, count(*) FILTER (WHERE abnormal_closes > 0) AS abnormal"


class SessionQueries:
    """The questions, asked on one snapshot."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def present(self) -> dict[str, Any]:
        """How many `sessions` reported within the range, `abnormal` ones of them."""
        return self._rows(
            f"SELECT {_COUNTED} FROM sessions "
            f"WHERE first_seen < :end AND last_seen >= :start AND {self._scope.condition}",
            {},
        )[0]

    def started(self, pieces: Pieces) -> Rows:
        """Per step `t`: `sessions` first heard of in it, `abnormal` ones of them by now."""
        parts: list[str] = []
        values: dict[str, Any] = {}
        rows = [*pieces.raw, *pieces.minutes]
        if len(self._scope.divided_by) > 1:
            rows += [*pieces.hours, *pieces.days]
        else:
            for table, intervals in (
                ("session_hours", pieces.hours),
                ("session_days", pieces.days),
            ):
                where, bound = condition(intervals, "t", prefix=table)
                values |= bound
                parts.append(
                    f"SELECT t, started AS sessions, abnormal FROM {table} "
                    f"WHERE dimension = :dimension AND value = :value AND {where}"
                    + (" AND app = :app" if "app" in self._scope.chosen else "")
                )
        # Pieces of reports alternate, sessions need not.
        where, bound = condition(joined(rows), "first_seen")
        values |= bound
        parts.append(
            f"SELECT date_bin(:step, first_seen, :origin) AS t, {_COUNTED} FROM sessions "
            f"WHERE {where} AND {self._scope.condition} GROUP BY 1"
        )
        return self._rows(
            "SELECT date_bin(:step, t, :origin) AS t, CAST(sum(sessions) AS bigint) AS sessions, "
            f"CAST(sum(abnormal) AS bigint) AS abnormal FROM ({' UNION ALL '.join(parts)}) AS seen "
            "GROUP BY 1 ORDER BY 1",
            values,
        )

    def _rows(self, statement: str, more: dict[str, Any]) -> Rows:
        found = self._connection.execute(text(statement), self._scope.values | more)
        return [dict(row) for row in found.mappings()]
