"""The insert of client reports: a batch in one statement, each report at most once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from models.both_ends import end_insert
from models.database import partitions
from models.database.engine import Database, DatabaseAway

from . import conflicts
from .client_reports import (
    COLUMNS,
    TIMES,
    BoundedReport,
    ClientReport,
    ReportKey,
    as_json,
    client_reports,
    key_of,
)

NO_PARTITION = "23514"  # check_violation, which a missing partition is reported as
_columns = ", ".join(f'"{name}"' for name in COLUMNS)
_dimensions = ("app", "release", "page", "country", "browser", "os", "effective_type", "automated")
_latest = ", ".join(f"(array_agg({name} ORDER BY period_end DESC))[1]" for name in _dimensions)
# How the newest report left its page; of several at one instant, that which was the last.
_states = ("open_losses", "leaving")
_by_age = "period_end DESC, leaving DESC NULLS LAST, open_losses DESC NULLS LAST"
_newest = ", ".join(f"(array_agg({name} ORDER BY {_by_age}))[1]" for name in _states)
_blind = "(array_agg(may_be_blind ORDER BY may_be_blind IS NULL, period_end DESC))[1]"
_replaced = ", ".join(
    f"{name} = CASE WHEN excluded.last_seen > s.last_seen THEN excluded.{name} "
    f"WHEN excluded.last_seen < s.last_seen THEN s.{name} "
    f"ELSE greatest(excluded.{name}, s.{name}) END"
    for name in _states
)
_updates = ", ".join(f"{name} = coalesce(excluded.{name}, s.{name})" for name in _dimensions)
_changed = " OR ".join(
    f"coalesce(excluded.{name}, s.{name}) IS DISTINCT FROM s.{name}" for name in _dimensions
)

# The minutes of the reports, and of sessions whose state changed, are marked dirty in the same
# commit. Rows are inserted in the order of their key, so that two workers cannot deadlock.
INSERT = text(
    f"""
WITH stored AS (
  INSERT INTO client_reports ({_columns})
  SELECT {_columns} FROM json_populate_recordset(NULL::client_reports, CAST(:rows AS json))
  ORDER BY session_id, report_id, period_end
  ON CONFLICT DO NOTHING
  RETURNING session_id, report_id, period_start, period_end, sample_rate, abnormal_closes,
            may_be_blind, {", ".join((*_states, *_dimensions))}
), upserted AS (
  INSERT INTO sessions AS s (session_id, first_seen, last_seen, reports, weight, abnormal_closes,
                             changed, first_seen_before, may_be_blind,
                             {", ".join((*_states, *_dimensions))})
  SELECT session_id, min(period_end), max(period_end), count(*), 1 / min(sample_rate),
         sum(abnormal_closes), false, min(period_end), {_blind}, {_newest}, {_latest}
  FROM stored GROUP BY session_id ORDER BY session_id
  ON CONFLICT (session_id) DO UPDATE SET
    first_seen = least(s.first_seen, excluded.first_seen),
    first_seen_before = s.first_seen,
    last_seen = greatest(s.last_seen, excluded.last_seen),
    reports = s.reports + excluded.reports,
    weight = greatest(s.weight, excluded.weight),
    abnormal_closes = s.abnormal_closes + excluded.abnormal_closes,
    may_be_blind = coalesce(excluded.may_be_blind, s.may_be_blind), {_replaced},
    changed = excluded.first_seen < s.first_seen
      OR (s.abnormal_closes = 0 AND excluded.abnormal_closes > 0) OR {_changed}, {_updates}
  RETURNING first_seen, first_seen_before, changed
), marked AS (
  INSERT INTO dirty_minutes (source, minute)
  SELECT DISTINCT 'reports', date_trunc('minute', period_end, 'UTC') FROM stored
  UNION ALL
  SELECT DISTINCT 'sessions', date_trunc('minute', f, 'UTC')
  FROM upserted CROSS JOIN LATERAL (VALUES (first_seen), (first_seen_before)) AS both_ends (f)
  WHERE changed
)
SELECT count(*) AS stored,
       CASE WHEN count(*) < :batch_size THEN
         json_agg(json_build_array(session_id, report_id, period_end)) END AS keys_stored
FROM stored
"""
)

# What the report does not say: the same report may come by another way.
STAMPED = ("received_at", "country", "region", "browser", "os", "automated")
CONFLICTS = conflicts.statement(client_reports, STAMPED)
# What a bound makes smaller: of a report that is cut it may differ from one time to another.
CUT = (
    *("sample_rate", "latency", "latency_sum_us", "reply", "reply_sum_us", "setup", "setup_sum_us"),
    *("attempts", "opened", "failed", "abandoned", "lost", "ended_by_server", "replaced"),
    *("never_back", "reconnect_attempts", "reconnect_successes", "drops", "abnormal_closes"),
    *("close_codes", "close_codes_given", "sent", "received", "queued", "errors"),
    *("bytes_sent", "bytes_received", "ux_errors", "interactions", "recovery_ms"),
    *TIMES,
)
CONFLICTS_OF_CUT = conflicts.statement(client_reports, (*STAMPED, *CUT))


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """The outcome of a batch: newly stored keys, and errors of refused reports by index.

    A report in neither was stored before, see `ClientReports.conflicts`.
    """

    keys: frozenset[ReportKey] = frozenset()
    refused: dict[int, str] = field(default_factory=dict)


class ClientReports:
    """The repository of client reports, for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, reports: Sequence[ClientReport]) -> StoredBatch:
        """Store a batch; it is committed on return. Raises `DatabaseAway`.

        Rows the database refuses are isolated by bisection; the others are stored.
        """
        keys, refused = self._halving(list(enumerate(reports)))
        return StoredBatch(frozenset(keys), refused)

    def conflicts(self, reports: Sequence[ClientReport]) -> frozenset[int]:
        """Indices of reports that are stored with another content; of those that may be cut
        amounts are not compared. Raises `DatabaseAway`."""
        differing = set[int]()
        with self._database.autocommit() as connection:
            for statement, is_cut in ((CONFLICTS, False), (CONFLICTS_OF_CUT, True)):
                rows = {
                    number: each
                    for number, each in enumerate(reports)
                    if isinstance(each, BoundedReport) is is_cut
                }
                if rows:
                    indices = [*rows]
                    cursor = connection.execute(statement, {"rows": as_json(rows.values())})
                    differing |= {indices[row] for row in cursor.scalars()}
        return frozenset(differing)

    def _halving(
        self, rows: list[tuple[int, ClientReport]]
    ) -> tuple[set[ReportKey], dict[int, str]]:
        if not rows:
            return set(), {}
        try:
            return self._at_once([report for _, report in rows]), {}
        except (DataError, IntegrityError) as fault:
            if len(rows) == 1:
                return set(), {rows[0][0]: str(fault.orig).splitlines()[0]}
        middle = len(rows) // 2
        (keys, refused), (more_keys, more_refused) = map(
            self._halving, (rows[:middle], rows[middle:])
        )
        return keys | more_keys, refused | more_refused

    def _at_once(self, reports: list[ClientReport]) -> set[ReportKey]:
        try:
            return self._with_retry(reports)
        except IntegrityError as fault:
            if getattr(fault.orig, "pgcode", None) != NO_PARTITION:
                raise
        days = {report.period_end.astimezone(UTC).date() for report in reports}
        partitions.ensure(self._database, "client_reports", days)
        return self._execute(reports)

    def _with_retry(self, reports: list[ClientReport]) -> set[ReportKey]:
        """Retry once on a new connection when the pooled one was dead. Reports that the first
        attempt stored are not stored again."""
        try:
            return self._execute(reports)
        except DatabaseAway:
            return self._execute(reports)

    def _execute(self, reports: list[ClientReport]) -> set[ReportKey]:
        """The keys stored; the database lists them only when some are missing."""
        values = {"rows": as_json(reports), "batch_size": len(reports)}
        # One statement is a transaction of its own; BEGIN and COMMIT would be two more round trips.
        # Ends come first: they are stored once, however often a report is sent.
        with self._database.autocommit() as connection:
            end_insert.record(connection, [end for report in reports for end in report.ends])
            row = connection.execute(INSERT, values).one()
        if row.stored == len(reports):
            return {key_of(report) for report in reports}
        return {
            (UUID(session), UUID(report), datetime.fromisoformat(end))
            for session, report, end in row.keys_stored or ()
        }


def latest_report(database: Database, apps: Sequence[str], before: datetime) -> datetime | None:
    """The end of the latest report of these apps before that instant. Raises `DatabaseAway`."""
    query = text(
        "SELECT max(period_end) FROM client_reports WHERE app = ANY(:apps) AND period_end < :before"
    )
    with database.transaction() as connection:
        values = {"apps": list(apps), "before": before}
        latest: datetime | None = connection.execute(query, values).scalar_one()
    return latest
