"""Queries for charts of browsers beyond the sums: gauges, custom values and closes per step."""

from collections.abc import Sequence

from models.metrics.client_columns import GAUGE_PARTS
from models.raw.client_reports import COLUMNS
from models.rollups.report_aggregates import LARGEST_GAUGE, WEIGHT, Rows

from .report_queries import ReportQueries
from .report_scope import step_of


class SeriesQueries(ReportQueries):
    """Queries on one snapshot, for scopes filtered by one dimension at most, see `Plan`."""

    def closes(self) -> Rows:
        """Per step `t`: the weighted `count` of closed sockets, all codes together."""
        parts = [
            f"SELECT {step_of('t')} AS t, CAST(value AS double precision) AS count "
            "FROM cells, jsonb_each_text(close_codes)"
        ]
        if self._has_raw:
            parts.append(
                f"SELECT {step_of('period_end')}, CAST(value AS bigint) * {WEIGHT} "
                "FROM client_reports, jsonb_each_text(close_codes) "
                f"WHERE {self._raw} AND {self._scope.condition} AND close_codes <> '{{}}'"
            )
        return self._rows(
            f"WITH cells AS ({self._cells('t, close_codes')}) SELECT t, sum(count) AS count "
            f"FROM ({' UNION ALL '.join(parts)}) AS parts GROUP BY 1 ORDER BY 1"
        )

    def measures(self, columns: Sequence[str], custom: Sequence[str]) -> Rows:
        """Per step `t` and `name` of a gauge or custom value: weighted `total`, `weight`, and `n`
        reports with a value. Raises `ValueError` for an unknown column."""
        if not set(columns) <= set(COLUMNS):
            raise ValueError(f"{', '.join(columns)} are not all columns of client_reports")
        parts = [
            f"SELECT {step_of('t')} AS t, key AS name, CAST(value ->> 0 AS bigint) AS n, "
            "CAST(value ->> 1 AS double precision) AS weight, "
            "CAST(value ->> 2 AS double precision) AS total "
            "FROM cells, jsonb_each(measures) WHERE key = ANY(:names)"
        ]
        if self._has_raw:
            parts.append(self._raw_measures(columns, custom))
        keys = {f"custom{index}": key for index, key in enumerate(custom)}
        return self._rows(
            f"WITH cells AS ({self._cells('t, measures')}) SELECT t, name, "
            "CAST(sum(n) AS bigint) AS n, sum(weight) AS weight, sum(total) AS total "
            f"FROM ({' UNION ALL '.join(parts)}) AS parts GROUP BY 1, 2 ORDER BY 1",
            names=[*columns, *custom],
            **keys,
        )

    # Gauges are rounded as in cells, so that both give the same sum.
    def _raw_measures(self, columns: Sequence[str], custom: Sequence[str]) -> str:
        pairs = [f"('{name}', CAST({name} AS double precision))" for name in columns]
        pairs += [
            f"(CAST(:custom{index} AS text), "
            f"CAST(custom ->> CAST(:custom{index} AS text) AS double precision))"
            for index in range(len(custom))
        ]
        bounded = f"greatest(least(value, {LARGEST_GAUGE}), -{LARGEST_GAUGE})"
        return (
            f"SELECT {step_of('period_end')}, name, count(*), sum({WEIGHT}), "
            f"sum(round({bounded} * {GAUGE_PARTS}) * {WEIGHT}) / {GAUGE_PARTS} "
            "FROM client_reports, "
            f"LATERAL (VALUES {', '.join(pairs)}) AS measure (name, value) "
            f"WHERE {self._raw} AND {self._scope.condition} AND value IS NOT NULL GROUP BY 1, 2"
        )
