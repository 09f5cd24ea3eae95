"""What the summary of a session is made of: sums over its reports, and its reports by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from models.metrics.dimensions import SEGMENTS, UNKNOWN
from models.rollups.moments.session_moments import VISIBLE_MS
from models.rollups.report_aggregates import IS_JUDGED, UNCONNECTED_MS, WATCHED_MS

_session = "session_id, first_seen, last_seen, reports, weight, automated IS NULL"
DUE = text(
    f"SELECT {_session} FROM sessions WHERE reports <> summarized_reports "
    "AND last_seen < :left_before AND (leaving OR last_seen < :silent_before) "
    "ORDER BY last_seen DESC LIMIT :most"
)
SUMMARIZED = text(
    f"SELECT {_session} FROM sessions WHERE summarized_reports > 0 AND session_id > :after "
    "ORDER BY session_id LIMIT :most"
)
COUNTS = {
    "open_ms": "open_ms",
    "visible_ms": VISIBLE_MS,
    "drops": "drops",
    "downtime_ms": "downtime_ms",
    "without_connection_ms": UNCONNECTED_MS,
    "messages": "CAST(sent AS bigint) + received",
    "errors": "errors",
    "ux_errors": "ux_errors",
    "interactions": "interactions",
}
LARGEST = ("longest_silence_ms", "page_load_ms", "lcp_ms", "inp_ms", "cls")
_sums = ", ".join(f"CAST(coalesce(sum({each}), 0) AS bigint) AS {n}" for n, each in COUNTS.items())
_largest = ", ".join(f"max({name}) AS {name}" for name in LARGEST)
_segment = ", ".join(
    f"coalesce(mode() WITHIN GROUP (ORDER BY {name}), '{UNKNOWN}') AS {name}" for name in SEGMENTS
)
_of_sessions = (
    "session_id = ANY(CAST(:ids AS uuid[])) AND period_end >= :first AND period_end <= :last"
)
SUMS = text(
    f"SELECT session_id, count(*) AS reports, min(period_start) AS started_at, "
    f"max(period_end) AS ended_at, min(period_end) FILTER (WHERE drops > 0) AS dropped_at, "
    f"CAST(coalesce(sum({WATCHED_MS}) FILTER (WHERE {IS_JUDGED}), 0) AS bigint) AS judged_ms, "
    f"{_sums}, {_largest}, {_segment}, string_agg(latency, ''::bytea) AS latency, "
    f"string_agg(setup, ''::bytea) AS setup FROM client_reports WHERE {_of_sessions} "
    "GROUP BY session_id ORDER BY session_id"
)
_of_age = ", ".join(
    f"CAST(1000 * extract(epoch FROM {name} - started_at) AS bigint)"
    for name in ("period_start", "period_end")
)
AGES = text(
    f"SELECT session_id, {_of_age}, interactions, ux_errors, drops, open_ms, {VISIBLE_MS} "
    "FROM client_reports JOIN unnest(CAST(:ids AS uuid[]), CAST(:starts AS timestamptz[])) "
    f"AS s (session_id, started_at) USING (session_id) WHERE {_of_sessions} "
    "AND period_start < started_at + make_interval(secs => :most_seconds) "
    "ORDER BY session_id, period_end, report_id"
)


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A row of `sessions`, as far as its summary needs it: the ends of its first and last report,
    and how many there are."""

    session_id: UUID
    first_end: datetime
    last_end: datetime
    reports: int
    weight: float
    is_person: bool


def due(
    connection: Connection, left_before: datetime, silent_before: datetime, most: int
) -> list[StoredSession]:
    """Sessions with reports that are not summed up: left, or silent, since before; the latest
    first."""
    values = {"left_before": left_before, "silent_before": silent_before, "most": most}
    return [StoredSession(*row) for row in connection.execute(DUE, values)]


def summarized(connection: Connection, after: UUID, most: int) -> list[StoredSession]:
    """Sessions with a summary, in the order of their ids, from the one after `after` on."""
    rows = connection.execute(SUMMARIZED, {"after": str(after), "most": most})
    return [StoredSession(*row) for row in rows]


def sums(connection: Connection, sessions: Sequence[StoredSession]) -> list[dict[str, Any]]:
    """Sums over the stored reports of each session, in the order of their ids: `COUNTS`, the
    largest of `LARGEST`, the most frequent value of each of `SEGMENTS` (of equals the first by
    name), packed round trips and handshakes."""
    return [dict(row) for row in connection.execute(SUMS, _values(sessions)).mappings()]


def by_age(
    connection: Connection,
    sessions: Sequence[StoredSession],
    starts: Sequence[datetime],
    most_seconds: int,
) -> Sequence[Sequence[Any]]:
    """The reports of the first `most_seconds` of sessions that began at `starts`, by session. Each
    row: session, its age in ms at the begin and the end of the report, interactions, page errors,
    drops, ms connected, ms visible."""
    values = _values(sessions) | {"starts": list(starts), "most_seconds": most_seconds}
    return connection.execute(AGES, values).all()


def _values(sessions: Sequence[StoredSession]) -> dict[str, Any]:
    return {
        "ids": [str(each.session_id) for each in sessions],
        "first": min((each.first_end for each in sessions), default=None),
        "last": max((each.last_end for each in sessions), default=None),
    }
