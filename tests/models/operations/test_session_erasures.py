"""What names a session is deleted in every table; sums of rollups stay."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from analytics.correlation.sessions.making import SessionSummaries
from analytics.rollups.watermark import without_lease
from models.both_ends.connection_ends import BrowserEnd
from models.database.engine import Database
from models.operations.session_erasures import SessionErasures
from models.raw.report_insert import ClientReports
from tests.models.operations.test_exports import export, queue
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.ends import browser_end
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

ERASED, OTHER = UUID(int=1), UUID(int=2)
QUARANTINED = text(
    "INSERT INTO quarantined_rows (source, period_end, reason, data) "
    "SELECT 'client_reports', period_end, 'odd', to_jsonb(r) FROM client_reports r"
)
# Every column of this type names a session, or is named here.
UUID_COLUMNS = (
    "SELECT table_name || '.' || column_name FROM information_schema.columns "
    "WHERE table_schema = 'public' AND column_name LIKE '%session%' AND data_type = 'uuid' "
    "AND table_name !~ '[0-9]{8}'"
)


def end_of(session: UUID) -> BrowserEnd:
    return browser_end("portal", session, NOON, "left", session_id=session)


def fill(database: Database) -> None:
    reports = [
        report(session_id=each, period_end=NOON, ends=(end_of(each),)) for each in (ERASED, OTHER)
    ]
    ClientReports(database).insert(reports)
    roll_up(database, NOON + timedelta(hours=1))
    SessionSummaries(database, without_lease).sum_up(NOON + timedelta(hours=1))
    with database.transaction() as connection:
        connection.execute(QUARANTINED)


def test_every_table_loses_the_session_and_cells_keep_their_sums(database: Database) -> None:
    fill(database)
    cells = rows(database, "SELECT * FROM client_hours ORDER BY 1, 2, 3, 4")
    removed = SessionErasures(database).erase(ERASED, (), NOON)
    assert removed == {
        "connection_ends": 1, "client_reports": 1, "set_aside_reports": 0, "quarantined_rows": 1,
        "session_summaries": 1, "sessions": 1, "exports": 0,
    }  # fmt: skip
    for table in ("connection_ends", "client_reports", "sessions", "session_summaries"):
        assert rows(database, f"SELECT DISTINCT session_id FROM {table}") == [(OTHER,)]
    assert rows(database, "SELECT count(*) FROM quarantined_rows") == [(1,)]
    assert rows(database, "SELECT * FROM client_hours ORDER BY 1, 2, 3, 4") == cells
    assert rows(database, "SELECT count(*) FROM dirty_minutes") == [(0,)]


def test_no_table_that_names_sessions_is_left_out(database: Database) -> None:
    assert {name for (name,) in rows(database, UUID_COLUMNS)} == {
        "client_reports.session_id", "sessions.session_id", "session_summaries.session_id",
        "set_aside_reports.session_id", "session_erasures.session_id",
        "connection_ends.session_id",
    }  # fmt: skip


def test_prepared_files_that_name_sessions_go(database: Database) -> None:
    fill(database)
    queue(database, export(), export(dataset="server-samples"))
    removed = SessionErasures(database).erase(ERASED, ("client-reports",), NOON)
    assert removed["exports"] == 1
    assert rows(database, "SELECT dataset FROM exports") == [("server-samples",)]


def test_an_erasure_is_pending_until_it_is_done(database: Database) -> None:
    erasures = SessionErasures(database)
    erasures.erase(ERASED, (), NOON)
    erasures.erase(ERASED, (), NOON + timedelta(hours=1))  # asked for again
    assert erasures.pending() == [ERASED]
    erasures.done([ERASED], NOON)
    assert erasures.pending() == [ERASED]
    erasures.done([ERASED], NOON + timedelta(hours=1))
    assert erasures.pending() == []
