"""What the read side asks of `client_reports`: sums and glued histograms, never single rows.

A report belongs to the instant of its `period_end`. Sums are kept apart by sample rate, so that
they stay whole numbers until the reader weights them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from .database import Database

Rows = list[dict[str, Any]]

DIMENSIONS = ("app", "country", "effective_type", "browser", "release", "page")
_COUNTS = (
    ("attempts", "opened", "failed", "drops", "reconnect_attempts", "reconnect_successes"),
    ("open_ms", "downtime_ms", "abnormal_closes"),
    ("sent", "received", "queued", "errors", "bytes_sent", "bytes_received"),
    ("ux_errors", "interactions", "lost_reports"),
)
COUNTS = tuple(name for group in _COUNTS for name in group)
MOST_CLOSE_CODES = 100
MOST_CHOICES = 200
_STEP = "date_bin(:step, period_end, :origin)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which reports are asked about: [start, end) and values of dimensions, `None` for unknown."""

    start: datetime
    end: datetime
    step: timedelta
    origin: datetime
    chosen: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not set(self.chosen) <= set(DIMENSIONS):
            raise ValueError(f"only {', '.join(DIMENSIONS)} can be filtered")

    @property
    def condition(self) -> str:
        """The WHERE clause, made of our own names; values are bound."""
        return " AND ".join(
            ["period_end >= :start AND period_end < :end"]
            + [
                f"{name} = :{name}"
                if value is not None
                else f"coalesce({name}, 'unknown') = 'unknown'"
                for name, value in self.chosen.items()
            ]
        )

    @property
    def values(self) -> dict[str, Any]:
        """The values bound to the names in the clause and the steps."""
        return {
            **self.chosen,
            "start": self.start,
            "end": self.end,
            "step": self.step,
            "origin": self.origin,
        }


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """One consistent, unwritable picture of the store. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("SET LOCAL jit = off"))  # compiling costs more than it saves here
        yield connection


def now(connection: Connection) -> datetime:
    """The database's clock at the start of the snapshot."""
    moment: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return moment


class ReportQueries:
    """The questions, asked on one snapshot. Results grow with the steps, never with the rows."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def sums(self) -> Rows:
        """Per step `t` and `sample_rate`: `reports`, `latest` and the sums of `COUNTS`; `latency`
        and `setup` glued as stored, with `*_sum_us`; `recovery_ms`, `page_load_ms` as text.

        One pass over the rows for all of it: half the time of one pass each (measured).
        """
        sums = ", ".join(f"sum({name}) AS {name}" for name in COUNTS)
        return self._rows(
            f"SELECT {_STEP} AS t, sample_rate, count(*) AS reports, max(period_end) AS latest, "
            f"{sums}, string_agg(latency, ''::bytea) AS latency, "
            "sum(CAST(latency_sum_us AS double precision)) AS latency_sum_us, "
            "string_agg(setup, ''::bytea) AS setup, "
            "sum(CAST(setup_sum_us AS double precision)) AS setup_sum_us, "
            "string_agg(CAST(page_load_ms AS text), ',') AS page_load_ms, "
            "string_agg(array_to_string(recovery_ms, ','), ',') "
            "FILTER (WHERE recovery_ms <> '{}') AS recovery_ms "
            f"FROM client_reports WHERE {self._scope.condition} GROUP BY 1, 2 ORDER BY 1"
        )

    def sessions(self) -> Rows:
        """Per step `t`, and for all (`t` is null): distinct `sessions`, `abnormal` ones of them."""
        return self._rows(
            f"WITH seen AS MATERIALIZED (SELECT {_STEP} AS t, session_id, "
            "bool_or(abnormal_closes > 0) AS abnormal "
            f"FROM client_reports WHERE {self._scope.condition} GROUP BY 1, 2) "
            "SELECT t, count(*) AS sessions, count(*) FILTER (WHERE abnormal) AS abnormal "
            "FROM seen GROUP BY t UNION ALL "
            "SELECT NULL, count(*), count(*) FILTER (WHERE abnormal) FROM "
            "(SELECT bool_or(abnormal) AS abnormal FROM seen GROUP BY session_id) AS whole"
        )

    def close_codes(self) -> Rows:
        """The most frequent close codes: `code`, weighted `count`."""
        return self._rows(
            "SELECT key AS code, sum(CAST(value AS bigint) / sample_rate) AS count "
            "FROM client_reports, jsonb_each_text(close_codes) "
            f"WHERE {self._scope.condition} AND close_codes <> '{{}}' "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_CLOSE_CODES}"
        )

    def frequencies(self, dimension: str) -> Rows:
        """The most frequent values of a dimension: `value` (null: unknown), `reports`."""
        if dimension not in DIMENSIONS:
            raise ValueError(f"{dimension!r} is not one of {', '.join(DIMENSIONS)}")
        return self._rows(
            f"SELECT {dimension} AS value, count(*) AS reports FROM client_reports "
            f"WHERE {self._scope.condition} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_CHOICES}"
        )

    def _rows(self, statement: str, **more: object) -> Rows:
        found = self._connection.execute(text(statement), {**self._scope.values, **more})
        return [dict(row) for row in found.mappings()]
