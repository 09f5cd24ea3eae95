"""Queries about worker processes, from cells and samples.

Counts and histograms add up over steps; memory and descriptors are the maximum of each.
"""

from models.rollups.sample_aggregates import SUMS_OF_WORKER

from .sample_queries import Rows, SampleQueries

MOST_INSTANCES = 50  # those with the most samples; a month of restarts has hundreds
_STEP = "date_bin(:step, period_end, :origin)"
_COUNTED = ("samples", "sampled_us", "cpu_ms", "cpu_us", "loop_lag_sum_us")
_COLUMNS = ", ".join(
    ("t", "service", "instance", *_COUNTED, "loop_lag", "memory_bytes", "descriptors")
)
_HAS_FIGURES = (
    "HAVING sum(cpu_us) > 0 OR max(memory_bytes) IS NOT NULL OR sum(octet_length(loop_lag)) > 0"
)


class PerformanceQueries(SampleQueries):
    """Queries of one scope of samples on one snapshot."""

    def processes(self) -> Rows:
        """Per step `t`, `service` and `instance`: `samples`, `sampled_us`, concatenated `loop_lag`,
        `loop_lag_sum_us`, `cpu_ms` over `cpu_us`, the maximum of `memory_bytes` and `descriptors`.

        Processes belong to every app. At most `MOST_INSTANCES` instances.
        """
        raw = (
            f"SELECT {_COLUMNS} FROM (SELECT {_STEP} AS t, service, instance, {SUMS_OF_WORKER} "
            "FROM server_samples WHERE {} GROUP BY 1, 2, 3) r"
        )
        added = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in _COUNTED)
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('worker', _COLUMNS, raw)}), "
            f"busiest AS (SELECT service, instance FROM pieces GROUP BY 1, 2 {_HAS_FIGURES} "
            f"ORDER BY sum(samples) DESC, 1, 2 LIMIT {MOST_INSTANCES}) "
            f"SELECT date_bin(:step, t, :origin) AS t, service, instance, {added}, "
            "string_agg(loop_lag, ''::bytea) AS loop_lag, max(memory_bytes) AS memory_bytes, "
            "max(descriptors) AS descriptors "
            "FROM pieces JOIN busiest USING (service, instance) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )

    def rejected_handshakes(self) -> Rows:
        """Per step `t`: handshakes `rejected`, of any status; steps without are absent."""
        raw = (
            f"SELECT {_STEP} AS t, rejected FROM server_samples "
            "WHERE {} AND rejected <> '{{}}'"
        )
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('server', 't, rejected', raw)}) "
            "SELECT date_bin(:step, t, :origin) AS t, "
            "CAST(sum(CAST(value AS bigint)) AS bigint) AS rejected "
            "FROM pieces, jsonb_each_text(rejected) GROUP BY 1 ORDER BY 1"
        )

    def outbox_bytes(self) -> Rows:
        """Per step `t`, from the samples alone: `outbox_byte_seconds`, `covered_seconds` and the
        number of `samples`."""
        seconds = "extract(epoch FROM period_end - period_start)"
        return self._rows(
            f"SELECT {_STEP} AS t, count(*) AS samples, "
            f"CAST(sum(outbox_bytes * {seconds}) AS double precision) AS outbox_byte_seconds, "
            "extract(epoch FROM max(period_end) - min(period_start)) AS covered_seconds "
            "FROM server_samples WHERE period_end >= :start AND period_end < :end "
            "AND (app IS NULL OR outbox_bytes > 0) "
            "AND (CAST(:service AS text) IS NULL OR service = :service) GROUP BY 1 ORDER BY 1"
        )
