"""What the read side asks about the processes behind the sockets, from cells and samples.

Counts and histograms add up over steps; memory and descriptors are the most within each.
"""

from models.rollups.sample_aggregates import SUMS_OF_WORKER

from .sample_queries import Rows, SampleQueries

MOST_INSTANCES = 50  # the ones that tell most; a month of restarts has hundreds
_STEP = "date_bin(:step, period_end, :origin)"
_COUNTED = ("samples", "sampled_us", "cpu_ms", "cpu_us", "loop_lag_sum_us")
_COLUMNS = ", ".join(
    ("t", "service", "instance", *_COUNTED, "loop_lag", "memory_bytes", "descriptors")
)
_TELLS = (
    "HAVING sum(cpu_us) > 0 OR max(memory_bytes) IS NOT NULL OR sum(octet_length(loop_lag)) > 0"
)


class PerformanceQueries(SampleQueries):
    """The questions, asked on one snapshot of a scope of samples."""

    def processes(self) -> Rows:
        """Per step `t`, `service` and `instance`: `samples`, `sampled_us`, glued `loop_lag` with
        `loop_lag_sum_us`, `cpu_ms` over `cpu_us`, the most `memory_bytes` and `descriptors`.

        Processes have no app: they belong to every app. At most 50 instances.
        """
        raw = (
            f"SELECT {_COLUMNS} FROM (SELECT {_STEP} AS t, service, instance, {SUMS_OF_WORKER} "
            "FROM server_samples WHERE {} GROUP BY 1, 2, 3) r"
        )
        added = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in _COUNTED)
        return self._rows(
            f"WITH seen AS ({self._seen('worker', _COLUMNS, raw)}), "
            f"telling AS (SELECT service, instance FROM seen GROUP BY 1, 2 {_TELLS} "
            f"ORDER BY sum(samples) DESC, 1, 2 LIMIT {MOST_INSTANCES}) "
            f"SELECT date_bin(:step, t, :origin) AS t, service, instance, {added}, "
            "string_agg(loop_lag, ''::bytea) AS loop_lag, max(memory_bytes) AS memory_bytes, "
            "max(descriptors) AS descriptors "
            "FROM seen JOIN telling USING (service, instance) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )

    def refusals(self) -> Rows:
        """Per step `t`: handshakes `rejected`, whatever their status; steps without are absent."""
        raw = (
            f"SELECT {_STEP} AS t, rejected FROM server_samples "
            "WHERE {} AND rejected <> '{{}}'"
        )
        return self._rows(
            f"WITH seen AS ({self._seen('server', 't, rejected', raw)}) "
            "SELECT date_bin(:step, t, :origin) AS t, "
            "CAST(sum(CAST(value AS bigint)) AS bigint) AS rejected "
            "FROM seen, jsonb_each_text(rejected) GROUP BY 1 ORDER BY 1"
        )

    def waiting(self) -> Rows:
        """Per step `t`, from the samples alone: `outbox_byte_seconds` over `covered_seconds`, and
        how many `samples` told."""
        seconds = "extract(epoch FROM period_end - period_start)"
        return self._rows(
            f"SELECT {_STEP} AS t, count(*) AS samples, "
            f"CAST(sum(outbox_bytes * {seconds}) AS double precision) AS outbox_byte_seconds, "
            "extract(epoch FROM max(period_end) - min(period_start)) AS covered_seconds "
            "FROM server_samples WHERE period_end >= :start AND period_end < :end "
            "AND (app IS NULL OR outbox_bytes > 0) "
            "AND (CAST(:service AS text) IS NULL OR service = :service) GROUP BY 1 ORDER BY 1"
        )
