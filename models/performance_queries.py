"""What the read side asks of `server_samples` about the processes behind the sockets.

Every column but `t`, `service` and `instance` adds up over steps (the ends by least and greatest),
so rows of finer steps can be joined into coarser ones.
"""

from typing import Any

from sqlalchemy import Connection, text

from .sample_queries import SampleScope

Rows = list[dict[str, Any]]
MOST_INSTANCES = 50  # the ones that tell most; a month of restarts has hundreds
_STEP = "date_bin(:step, period_end, :origin)"
_SECONDS = "extract(epoch FROM period_end - period_start)"
_IN_RANGE = (
    "period_end >= :start AND period_end < :end "
    "AND (CAST(:service AS text) IS NULL OR service = :service)"
)
_OF_APP = "(CAST(:app AS text) IS NULL OR app = :app)"
_TELLS = "(cpu_ms IS NOT NULL OR memory_bytes IS NOT NULL OR loop_lag <> ''::bytea)"


class PerformanceQueries:
    """The questions, asked on one snapshot of a scope of samples."""

    def __init__(self, connection: Connection, scope: SampleScope) -> None:
        self._connection = connection
        self._scope = scope

    def processes(self) -> Rows:
        """Per step `t`, `service` and `instance`: `samples`; glued `loop_lag`, `loop_lag_sum_us`;
        `cpu_ms` over `cpu_seconds`; `memory_byte_seconds` over `memory_seconds` and
        `descriptor_seconds` over `described_seconds` (gauges weighted by time);
        `outbox_byte_seconds` over `seconds`; `first` and `last`, the ends of what was measured.

        Processes have no app: they belong to every app. At most 50 instances.
        """
        weighed = ", ".join(
            f"sum({value} * {_SECONDS}) AS {name}, "
            f"sum({_SECONDS}) FILTER (WHERE {value} IS NOT NULL) AS {weight}"
            for value, name, weight in (
                ("memory_bytes", "memory_byte_seconds", "memory_seconds"),
                ("descriptors", "descriptor_seconds", "described_seconds"),
            )
        )
        return self._rows(
            f"WITH telling AS (SELECT * FROM server_samples WHERE {_IN_RANGE} AND {_TELLS} "
            f"AND (app IS NULL OR {_OF_APP})), "
            "busiest AS (SELECT service, instance FROM telling GROUP BY 1, 2 "
            f"ORDER BY count(*) DESC, 1, 2 LIMIT {MOST_INSTANCES}) "
            f"SELECT {_STEP} AS t, service, instance, count(*) AS samples, "
            "string_agg(loop_lag, ''::bytea) AS loop_lag, "
            "sum(CAST(loop_lag_sum_us AS double precision)) AS loop_lag_sum_us, "
            f"sum(cpu_ms) AS cpu_ms, sum({_SECONDS}) FILTER (WHERE cpu_ms IS NOT NULL) "
            f"AS cpu_seconds, {weighed}, sum(outbox_bytes * {_SECONDS}) AS outbox_byte_seconds, "
            f"sum({_SECONDS}) AS seconds, min(period_start) AS first, max(period_end) AS last "
            "FROM telling JOIN busiest USING (service, instance) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )

    def refusals(self) -> Rows:
        """Per step `t`: handshakes `rejected`, whatever their status; steps without are absent."""
        return self._rows(
            f"SELECT {_STEP} AS t, sum(CAST(value AS bigint)) AS rejected "
            f"FROM server_samples, jsonb_each_text(rejected) WHERE {_IN_RANGE} AND {_OF_APP} "
            "AND rejected <> '{}' GROUP BY 1 ORDER BY 1"
        )

    def _rows(self, statement: str) -> Rows:
        found = self._connection.execute(text(statement), dict(self._scope.values))
        return [dict(row) for row in found.mappings()]
