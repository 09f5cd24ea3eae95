"""How servers stand now: the latest sample of every app on every live worker.

One of our workers is live while its heartbeat is fresh; a source of samples from elsewhere while
its last interval ended less than three intervals ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from models.metrics.dimensions import TEST_APPS
from models.metrics.server_catalogue import OWN_SERVICE

from .selection import RAW, Selection

FRESH = timedelta(seconds=12.5)  # two and a half intervals
LATEST_WITHIN = timedelta(minutes=10)
AHEAD = timedelta(minutes=1)
MOST_ROOMS = 50
LAST_MINUTE = timedelta(minutes=1)
Rows = Sequence[Mapping[str, Any]]
_OF_SERVICE = "(CAST(:service AS text) IS NULL OR service = :service)"
# Of all apps but those of load tests and probes, which are asked for by name alone.
_OF_APP = "CASE WHEN CAST(:app AS text) IS NULL THEN app <> ALL(:test_apps) ELSE app = :app END"
_LATEST = f"""
latest AS (
  SELECT DISTINCT ON (service, instance, app) s.*
  FROM server_samples s
  WHERE period_end > :latest_from AND period_end <= :latest_until
    AND {_OF_SERVICE}
    AND CASE WHEN service = :own
        THEN instance IN (SELECT instance FROM server_workers
                          WHERE heartbeat_at > :fresh_from)
        ELSE period_end > least(:at - 3 * (period_end - period_start), :fresh_from) END
  ORDER BY service, instance, app, period_end DESC
)"""


def is_selected(app: str | None, selected: str | None) -> bool:
    """Whether the rows of an app are among those of the `selected` one, `None`: of all but those of
    load tests and probes. Rows of a process have no app."""
    if selected is None:
        return app is not None and app not in TEST_APPS
    return app == selected


@dataclass(frozen=True, slots=True)
class LiveQueries:
    """The state of one app and one service, or of all, at the time `at` of the database. It is
    bound and not asked of the database: the days of samples without the last minutes are then ruled
    out before all of them are planned. Process samples have no app: they belong to every app of
    their worker."""

    connection: Connection
    at: datetime
    app: str | None = None
    service: str | None = None

    def now(self) -> Rows:
        """The latest sample of every app on every live worker."""
        return self._rows(
            f"WITH {_LATEST} SELECT service, instance, app, period_start, period_end, active, "
            "anonymous, user_keys, rooms, members, outbox_bytes, sent, received, memory_bytes, "
            "descriptors, cpu_ms, loop_lag, loop_lag_sum_us FROM latest ORDER BY 1, 2, 3"
        )

    def opened_last_minute(self) -> int:
        """Number of connections opened within the last minute."""
        (row,) = self._rows(
            "SELECT coalesce(sum(opened), 0) AS opened FROM server_samples "
            f"WHERE period_end > :minute_from AND {_OF_SERVICE} AND {_OF_APP}"
        )
        return int(row["opened"])

    def workers(self) -> Rows:
        """Our workers with a fresh heartbeat."""
        return self._rows(
            "SELECT instance, node, pid, started_at, heartbeat_at FROM server_workers "
            "WHERE heartbeat_at > :fresh_from ORDER BY started_at, 1"
        )

    def rooms(self, selection: Selection) -> Rows:
        """The rooms with the most messages over the range, and their `members` now.

        Cells hold the busiest rooms of each hour, samples those of each interval.
        """
        rooms = {
            RAW: "e ->> 0, CAST(e ->> 2 AS bigint) FROM jsonb_array_elements(top_rooms) AS e",
            "": "key, CAST(value AS bigint) FROM jsonb_each_text(top_rooms)",
        }
        spoken = [
            selection.select(
                level, {"messages": "sum(n)"}, ["app", "room"],
                f"LATERAL (SELECT {rooms.get(level, rooms[''])}) AS entries (room, n)",
            )
            for level in selection.levels
        ]  # fmt: skip
        return self._rows(
            f"WITH {_LATEST}, spoken AS (SELECT app, room, sum(messages) AS messages "
            f"FROM ({' UNION ALL '.join(spoken)}) AS pieces GROUP BY 1, 2), "
            "present AS (SELECT app, e ->> 0 AS room, sum(CAST(e ->> 1 AS bigint)) AS members "
            f"FROM latest, jsonb_array_elements(top_rooms) AS e WHERE {_OF_APP} GROUP BY 1, 2) "
            "SELECT app, room, coalesce(members, 0) AS members, coalesce(messages, 0) AS messages "
            "FROM spoken FULL JOIN present USING (app, room) "
            f"ORDER BY 4 DESC, 3 DESC, 2, 1 LIMIT {MOST_ROOMS}",
            selection.values,
        )

    def _rows(self, statement: str, more: Mapping[str, Any] | None = None) -> Rows:
        values = {
            "app": self.app, "test_apps": [*TEST_APPS], "service": self.service,
            "own": OWN_SERVICE, "at": self.at, "fresh_from": self.at - FRESH,
            "latest_from": self.at - LATEST_WITHIN, "latest_until": self.at + AHEAD,
            "minute_from": self.at - LAST_MINUTE, **(more or {}),
        }  # fmt: skip
        return [dict(row) for row in self.connection.execute(text(statement), values).mappings()]


def totals(connection: Connection) -> Rows:
    """The running totals: `service`, `app` (empty: the process), `name`, `label`, `value`."""
    cursor = connection.execute(
        text("SELECT service, app, name, label, value FROM server_totals ORDER BY 1, 2, 3, 4")
    )
    return [dict(row) for row in cursor.mappings()]
