"""What the read side asks of `server_samples`: sums per step, latest gauges, fresh workers.

A worker counts as there while its heartbeat is fresh; samples that others send count while their
last interval ended less than three intervals ago.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from .server_samples import COUNTERS, HISTOGRAMS, SUMS

FRESH_SECONDS = 12.5  # two and a half intervals
LOOK_BACK = "interval '10 minutes'"
MOST_LABELS = 200
MOST_ROOMS = 50
MOST_SERVICES = 200
LAST_MINUTE = timedelta(minutes=1)
_STEP = "date_bin(:step, period_end, :origin)"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SampleScope:
    """Which samples are asked about: [start, end) by `period_end`, of an app, of a service."""

    start: datetime
    end: datetime
    step: timedelta
    origin: datetime
    app: str | None = None
    service: str | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """The values bound to the names in the clauses."""
        return {name: getattr(self, name) for name in self.__slots__}


# Process figures have no app: they belong to every app of their worker.
_OF_SERVICE = "(CAST(:service AS text) IS NULL OR service = :service)"
_OF_APP = "(CAST(:app AS text) IS NULL OR app = :app)"
_IN_RANGE = f"period_end >= :start AND period_end < :end AND {_OF_SERVICE}"
_SECONDS = "extract(epoch FROM period_end - period_start)"
_LATEST = f"""
latest AS (
  SELECT DISTINCT ON (service, instance, app) s.*
  FROM server_samples s
  WHERE period_end > now() - {LOOK_BACK} AND period_end <= now() + interval '1 minute'
    AND {_OF_SERVICE}
    AND CASE WHEN service = :own
        THEN instance IN (SELECT instance FROM server_workers
                          WHERE heartbeat_at > now() - make_interval(secs => :fresh))
        ELSE period_end > now() - greatest(3 * (period_end - period_start),
                                           make_interval(secs => :fresh)) END
  ORDER BY service, instance, app, period_end DESC
)"""


class SampleQueries:
    """The questions, asked on one snapshot. `own` is the name of our own service."""

    def __init__(self, connection: Connection, scope: SampleScope, own: str) -> None:
        self._connection = connection
        self._scope = scope
        self._own = own

    def sums(self) -> Rows:
        """Per step `t`: sums of the counters, glued histograms with `*_sum_us`, `samples`, and
        `active`: the connections open at once, weighted by time."""
        sums = ", ".join(f"sum({name}) AS {name}" for name in (*COUNTERS, *SUMS))
        glued = ", ".join(
            f"string_agg({name}, ''::bytea) AS {name}, "
            f"sum(CAST({name}_sum_us AS double precision)) AS {name}_sum_us"
            for name in HISTOGRAMS
            if name != "loop_lag"
        )
        return self._rows(
            f"SELECT {_STEP} AS t, count(*) AS samples, {sums}, {glued}, "
            f"sum(active * {_SECONDS}) AS connection_seconds, "
            f"sum(rooms * {_SECONDS}) AS room_seconds, "
            f"sum(members * {_SECONDS}) AS member_seconds, "
            "extract(epoch FROM max(period_end) - min(period_start)) AS covered_seconds, "
            "max(period_end) AS latest "
            f"FROM server_samples WHERE {_IN_RANGE} AND app IS NOT NULL AND {_OF_APP} "
            "GROUP BY 1 ORDER BY 1"
        )

    def coarsest_seconds(self) -> float:
        """The usual length of an interval of the source that tells least often; 0 for none."""
        return float(
            self._rows(
                "SELECT coalesce(max(usual), 0) AS seconds FROM (SELECT "
                f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {_SECONDS}) AS usual "
                f"FROM server_samples WHERE {_IN_RANGE} AND app IS NOT NULL AND {_OF_APP} "
                "GROUP BY service, instance) AS sources"
            )[0]["seconds"]
        )

    def process_sums(self) -> Rows:
        """Over the range and per `instance`: the glued `loop_lag`, `loop_lag_sum_us`, `cpu_ms`."""
        return self._rows(
            "SELECT instance, string_agg(loop_lag, ''::bytea) AS loop_lag, "
            "sum(CAST(loop_lag_sum_us AS double precision)) AS loop_lag_sum_us, "
            f"sum(cpu_ms) AS cpu_ms FROM server_samples WHERE {_IN_RANGE} "
            f"AND (app IS NULL OR {_OF_APP}) GROUP BY 1"
        )

    def labels(self, column: str) -> Rows:
        """Sums by label of `closed`, `rejected` or `errors`, the largest first."""
        if column not in ("closed", "rejected", "errors"):
            raise ValueError(f"{column!r} is not counted by label")
        return self._rows(
            "SELECT key AS label, sum(CAST(value AS bigint)) AS count "
            f"FROM server_samples, jsonb_each_text({column}) WHERE {_IN_RANGE} AND {_OF_APP} "
            f"AND {column} <> '{{}}' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_LABELS}"
        )

    def kinds(self) -> Rows:
        """Messages `sent` and `received` by type, the most frequent first."""
        return self._rows(
            "SELECT key AS kind, sum(CAST(value ->> 0 AS bigint)) AS sent, "
            "sum(CAST(value ->> 1 AS bigint)) AS received "
            f"FROM server_samples, jsonb_each(by_type) WHERE {_IN_RANGE} AND {_OF_APP} "
            "AND by_type <> '{}' GROUP BY 1 "
            f"ORDER BY sum(CAST(value ->> 0 AS bigint) + CAST(value ->> 1 AS bigint)) DESC, 1 "
            f"LIMIT {MOST_LABELS}"
        )

    def rooms(self) -> Rows:
        """The rooms most spoken in over the range, with their `members` now."""
        return self._rows(
            f"WITH {_LATEST}, spoken AS (SELECT app, e ->> 0 AS room, "
            "sum(CAST(e ->> 2 AS bigint)) AS messages "
            f"FROM server_samples, jsonb_array_elements(top_rooms) AS e "
            f"WHERE {_IN_RANGE} AND {_OF_APP} AND top_rooms <> '[]' GROUP BY 1, 2), "
            "present AS (SELECT app, e ->> 0 AS room, sum(CAST(e ->> 1 AS bigint)) AS members "
            f"FROM latest, jsonb_array_elements(top_rooms) AS e WHERE {_OF_APP} GROUP BY 1, 2) "
            "SELECT app, room, coalesce(members, 0) AS members, coalesce(messages, 0) AS messages "
            "FROM spoken FULL JOIN present USING (app, room) "
            f"ORDER BY 4 DESC, 3 DESC, 2, 1 LIMIT {MOST_ROOMS}"
        )

    def now(self) -> Rows:
        """The latest sample of every app on every worker that is there."""
        return self._rows(
            f"WITH {_LATEST} SELECT service, instance, app, period_start, period_end, active, "
            "anonymous, user_keys, rooms, members, outbox_bytes, sent, received, memory_bytes, "
            "descriptors, cpu_ms, loop_lag, loop_lag_sum_us FROM latest ORDER BY 1, 2, 3"
        )

    def opened_lately(self) -> int:
        """Connections opened within the last minute."""
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
        """Every `service` and `app` that reported in the range."""
        return self._rows(
            "SELECT service, app FROM server_samples "
            "WHERE period_end >= :start AND period_end < :end AND app IS NOT NULL "
            f"GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {MOST_SERVICES}"
        )

    def _rows(self, statement: str) -> Rows:
        values = {
            **self._scope.values, "own": self._own, "fresh": FRESH_SECONDS,
            "last_minute": LAST_MINUTE,
        }  # fmt: skip
        return [dict(row) for row in self._connection.execute(text(statement), values).mappings()]


def totals(connection: Connection) -> Rows:
    """The running totals: `service`, `app` (empty: the process), `name`, `label`, `value`."""
    found = connection.execute(
        text("SELECT service, app, name, label, value FROM server_totals ORDER BY 1, 2, 3, 4")
    )
    return [dict(row) for row in found.mappings()]
