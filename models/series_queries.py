"""What a chart of browsers asks of `client_reports` beyond the sums: gauges and custom values.

Rows are kept apart by sample rate, as the sums are, so that the reader weights them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from .client_reports import COLUMNS
from .report_queries import Scope

Rows = list[dict[str, Any]]
LARGEST = 1e15  # a sum of what clients sent must stay a number
LONGEST_MS = 86_400_000
_STEP = "date_bin(:step, period_end, :origin)"


class SeriesQueries:
    """The questions, asked on one snapshot of a scope of reports."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def closes(self) -> Rows:
        """Per step `t` and `sample_rate`: the unweighted `count` of closed sockets of all codes."""
        return self._rows(
            f"SELECT {_STEP} AS t, sample_rate, sum(CAST(value AS bigint)) AS count "
            f"FROM client_reports, jsonb_each_text(close_codes) WHERE {self._scope.condition} "
            "AND close_codes <> '{}' GROUP BY 1, 2 ORDER BY 1"
        )

    def gauges(self, columns: Sequence[str]) -> Rows:
        """Per step `t` and `sample_rate`, for each column: `{column}_sum` over `{column}_n` values.

        Raises `ValueError` for what is no column.
        """
        if not set(columns) <= set(COLUMNS):
            raise ValueError(f"{', '.join(columns)} are not all columns of client_reports")
        parts = ", ".join(
            f"sum(CAST({name} AS double precision)) AS {name}_sum, count({name}) AS {name}_n"
            for name in columns
        )
        return self._rows(
            f"SELECT {_STEP} AS t, sample_rate, {parts} FROM client_reports "
            f"WHERE {self._scope.condition} GROUP BY 1, 2 ORDER BY 1"
        )

    def custom(self, key: str) -> Rows:
        """Per step `t` and `sample_rate` where `custom` has this key: its `sum`, the `n` reports
        that gave it, and its values glued as `listed` (whole numbers, as text)."""
        return self._rows(
            f"SELECT {_STEP} AS t, sample_rate, sum(value) AS sum, count(*) AS n, "
            f"string_agg(CAST(CAST(least(greatest(round(value), 0), {LONGEST_MS}) AS integer) "
            "AS text), ',') AS listed FROM (SELECT period_end, sample_rate, "
            f"least(greatest(CAST(custom ->> :key AS double precision), -{LARGEST}), {LARGEST}) "
            "AS value "
            f"FROM client_reports WHERE {self._scope.condition} AND custom ? :key) AS given "
            "GROUP BY 1, 2 ORDER BY 1",
            key=key,
        )

    def _rows(self, statement: str, **more: object) -> Rows:
        found = self._connection.execute(text(statement), {**self._scope.values, **more})
        return [dict(row) for row in found.mappings()]
