"""Queries about servers: sums per step, latest gauges, live workers.

One of our workers is live while its heartbeat is fresh; a source of samples from elsewhere while
its last interval ended less than three intervals ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.intervals import LevelIntervals, RawOnly
from models.metrics.server_columns import BY_LABEL, COUNTS, DURATIONS
from models.rollups.sample_aggregates import SUMS_OF_APP, SUMS_OF_WORKER

FRESH_SECONDS = 12.5  # two and a half intervals
LATEST_WITHIN = "interval '10 minutes'"
MOST_LABELS = 200
MOST_ROOMS = 50
MOST_SERVICES = 200
LAST_MINUTE = timedelta(minutes=1)
_STEP = "date_bin(:step, period_end, :origin)"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SampleScope:
    """Samples of [start, end) by `period_end`, of an app or all, of a service or all, in steps."""

    start: datetime
    end: datetime
    step: timedelta
    origin: datetime
    app: str | None = None
    service: str | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """The bound values of the clauses."""
        return {name: getattr(self, name) for name in self.__slots__}


# Process samples have no app: they belong to every app of their worker.
_OF_SERVICE = "(CAST(:service AS text) IS NULL OR service = :service)"
_OF_APP = "(CAST(:app AS text) IS NULL OR app = :app)"
_US = "extract(epoch FROM period_end - period_start) * 1000000"
ADDED = ("samples", *COUNTS, *(f"{name}_sum_us" for name in DURATIONS))
_LATEST = f"""
latest AS (
  SELECT DISTINCT ON (service, instance, app) s.*
  FROM server_samples s
  WHERE period_end > now() - {LATEST_WITHIN} AND period_end <= now() + interval '1 minute'
    AND {_OF_SERVICE}
    AND CASE WHEN service = :own
        THEN instance IN (SELECT instance FROM server_workers
                          WHERE heartbeat_at > now() - make_interval(secs => :fresh))
        ELSE period_end > now() - greatest(3 * (period_end - period_start),
                                           make_interval(secs => :fresh)) END
  ORDER BY service, instance, app, period_end DESC
)"""


class SampleQueries:
    """Queries of one scope on one snapshot. `own` is the name of our own service.

    `pieces` are the parts of the range to read from cells and from samples.
    """

    def __init__(
        self,
        connection: Connection,
        scope: SampleScope,
        own: str,
        pieces: LevelIntervals | None = None,
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._own = own
        self._pieces = pieces or RawOnly(scope.start, scope.end)
        self._values: dict[str, Any] = {}

    def sums(self) -> Rows:
        """Per step `t`: sums of the counters, concatenated histograms with `*_sum_us`, `samples`,
        `latest`, gauges times seconds, and `covered_seconds`: the time that samples cover."""
        counts = ", ".join(f"CAST(sum({name}) AS bigint) AS {name}" for name in ADDED)
        histograms = ", ".join(f"string_agg({name}, ''::bytea) AS {name}" for name in DURATIONS)
        names = ", ".join(("first_start", "latest", *ADDED, *DURATIONS))
        raw = (
            f"SELECT t, {names} FROM (SELECT {_STEP} AS t, {SUMS_OF_APP} "
            "FROM server_samples WHERE {} GROUP BY 1) r"
        )
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('server', f't, {names}', raw)}) "
            f"SELECT date_bin(:step, t, :origin) AS t, max(latest) AS latest, {counts}, "
            f"{histograms}, "
            "CAST(sum(connection_us) AS double precision) / 1000000 AS connection_seconds, "
            "CAST(sum(room_us) AS double precision) / 1000000 AS room_seconds, "
            "CAST(sum(member_us) AS double precision) / 1000000 AS member_seconds, "
            "extract(epoch FROM max(latest) - min(first_start)) AS covered_seconds "
            "FROM pieces GROUP BY 1 ORDER BY 1"
        )

    def coarsest_seconds(self) -> float:
        """The mean interval of the source that samples least often; 0 without samples."""
        raw = (
            f"SELECT service, app, CAST(sum({_US}) AS bigint) AS sampled_us, count(*) AS samples "
            "FROM server_samples WHERE {} GROUP BY 1, 2"
        )
        pieces = self._pieces_sql("server", "service, app, sampled_us, samples", raw)
        return float(
            self._rows(
                f"WITH pieces AS ({pieces}) SELECT coalesce(max(usual), 0) AS seconds FROM ("
                "SELECT sum(sampled_us) / sum(samples) / 1000000 AS usual FROM pieces "
                "GROUP BY service, app) AS sources"
            )[0]["seconds"]
        )

    def process_sums(self) -> Rows:
        """Per `instance` over the range: concatenated `loop_lag`, `loop_lag_sum_us`, `cpu_ms`.

        Process samples belong to every app of their worker.
        """
        names = "instance, loop_lag, loop_lag_sum_us, cpu_ms"
        raw = f"SELECT {names} FROM (SELECT instance, {SUMS_OF_WORKER} FROM server_samples "
        raw += "WHERE {} GROUP BY 1) r"
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('worker', names, raw)}) "
            "SELECT instance, string_agg(loop_lag, ''::bytea) AS loop_lag, "
            "CAST(sum(loop_lag_sum_us) AS double precision) AS loop_lag_sum_us, "
            "CAST(sum(cpu_ms) AS bigint) AS cpu_ms FROM pieces GROUP BY 1"
        )

    def labels(self, column: str) -> Rows:
        """Sums by label of `closed`, `rejected` or `errors`, the largest first."""
        if column not in BY_LABEL:
            raise ValueError(f"{column!r} is not counted by label")
        raw = f"SELECT {column} FROM server_samples WHERE {{}} AND {column} <> '{{{{}}}}'"
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('server', column, raw)}) "
            "SELECT key AS label, CAST(sum(CAST(value AS bigint)) AS bigint) AS count "
            f"FROM pieces, jsonb_each_text({column}) "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_LABELS}"
        )

    def kinds(self) -> Rows:
        """Messages `sent` and `received` by type, the most frequent first."""
        raw = "SELECT by_type FROM server_samples WHERE {} AND by_type <> '{{}}'"
        return self._rows(
            f"WITH pieces AS ({self._pieces_sql('server', 'by_type', raw)}) "
            "SELECT key AS kind, CAST(sum(CAST(value ->> 0 AS bigint)) AS bigint) AS sent, "
            "CAST(sum(CAST(value ->> 1 AS bigint)) AS bigint) AS received "
            "FROM pieces, jsonb_each(by_type) GROUP BY 1 "
            f"ORDER BY sum(CAST(value ->> 0 AS bigint) + CAST(value ->> 1 AS bigint)) DESC, 1 "
            f"LIMIT {MOST_LABELS}"
        )

    def rooms(self) -> Rows:
        """The rooms with the most messages over the range, and their `members` now.

        Cells hold the busiest rooms of each hour, samples those of each interval.
        """
        raw = (
            "SELECT app, jsonb_object_agg(room, messages) AS top_rooms FROM ("
            "SELECT app, e ->> 0 AS room, sum(CAST(e ->> 2 AS bigint)) AS messages "
            "FROM server_samples, jsonb_array_elements(top_rooms) AS e "
            "WHERE {} AND top_rooms <> '[]' GROUP BY 1, 2) r GROUP BY 1"
        )
        return self._rows(
            f"WITH {_LATEST}, pieces AS ({self._pieces_sql('server', 'app, top_rooms', raw)}), "
            "spoken AS (SELECT app, key AS room, sum(CAST(value AS bigint)) AS messages "
            "FROM pieces, jsonb_each_text(top_rooms) GROUP BY 1, 2), "
            "present AS (SELECT app, e ->> 0 AS room, sum(CAST(e ->> 1 AS bigint)) AS members "
            f"FROM latest, jsonb_array_elements(top_rooms) AS e WHERE {_OF_APP} GROUP BY 1, 2) "
            "SELECT app, room, coalesce(members, 0) AS members, coalesce(messages, 0) AS messages "
            "FROM spoken FULL JOIN present USING (app, room) "
            f"ORDER BY 4 DESC, 3 DESC, 2, 1 LIMIT {MOST_ROOMS}"
        )

    def now(self) -> Rows:
        """The latest sample of every app on every live worker."""
        return self._rows(
            f"WITH {_LATEST} SELECT service, instance, app, period_start, period_end, active, "
            "anonymous, user_keys, rooms, members, outbox_bytes, sent, received, memory_bytes, "
            "descriptors, cpu_ms, loop_lag, loop_lag_sum_us FROM latest ORDER BY 1, 2, 3"
        )

    def opened_last_minute(self) -> int:
        """Number of connections opened within the last minute."""
        return int(
            self._rows(
                "SELECT coalesce(sum(opened), 0) AS opened FROM server_samples "
                f"WHERE period_end > now() - :last_minute AND {_OF_SERVICE} AND {_OF_APP}"
            )[0]["opened"]
        )

    def workers(self) -> Rows:
        """Our workers with a fresh heartbeat."""
        return self._rows(
            "SELECT instance, node, pid, started_at, heartbeat_at FROM server_workers "
            "WHERE heartbeat_at > now() - make_interval(secs => :fresh) ORDER BY started_at, 1"
        )

    def services(self) -> Rows:
        """Every `service` and `app` with samples in the range, whatever the filters."""
        raw = "SELECT service, app FROM server_samples WHERE {}"
        pieces = self._pieces_sql("server", "service, app", raw, is_filtered=False)
        return self._rows(
            f"WITH pieces AS ({pieces}) SELECT service, app FROM pieces "
            f"GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {MOST_SERVICES}"
        )

    def _pieces_sql(self, kind: str, columns: str, raw: str, *, is_filtered: bool = True) -> str:
        """The UNION of all pieces: `columns` of cells, and `raw` formatted with its condition."""
        of_app = "true" if kind == "worker" else "app IS NOT NULL"
        filters = _OF_SERVICE if kind == "worker" else f"{_OF_SERVICE} AND {_OF_APP}"
        scope = filters if is_filtered else "true"
        selects = []
        for level in ("minutes", "hours", "days"):
            intervals = getattr(self._pieces, level)
            where, values = condition(intervals, "t", prefix=level)
            self._values |= values
            if intervals:
                selects.append(f"SELECT {columns} FROM {kind}_{level} WHERE {where} AND {scope}")
        where, values = condition(self._pieces.raw, prefix="raw")
        self._values |= values
        selects.append(raw.format(f"{where} AND {of_app} AND {scope}"))
        return " UNION ALL ".join(selects)

    def _rows(self, statement: str) -> Rows:
        values = {
            **self._scope.values, "own": self._own, "fresh": FRESH_SECONDS,
            "last_minute": LAST_MINUTE, **self._values,
        }  # fmt: skip
        return [dict(row) for row in self._connection.execute(text(statement), values).mappings()]


def totals(connection: Connection) -> Rows:
    """The running totals: `service`, `app` (empty: the process), `name`, `label`, `value`."""
    cursor = connection.execute(
        text("SELECT service, app, name, label, value FROM server_totals ORDER BY 1, 2, 3, 4")
    )
    return [dict(row) for row in cursor.mappings()]
