"""Reports that are set aside count for nothing, with their sessions, and are lost for nobody."""

from datetime import timedelta

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.set_aside_reports import SetAsideReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import DAYS, assert_matches_reports, roll_up, store


def test_moved_reports_leave_no_cell_and_count_again_once_restored(database: Database) -> None:
    others = [report((20.0,), release="1", attempts=1) for _ in range(3)]
    moved = [
        report((600_000.0,), release="evil", attempts=7, period_end=NOON - timedelta(hours=age))
        for age in (0, 1, 30)
    ]
    store(database, *others, *moved)
    roll_up(database)
    repository = SetAsideReports(database)
    assert repository.move([each.session_id for each in moved]) == 3
    roll_up(database)
    assert_matches_reports(database, DAYS)
    for table in ("client_minutes", "client_hours", "client_days", "session_hours"):
        assert rows(database, f"SELECT count(*) FROM {table} WHERE value = 'evil'") == [(0,)]
    assert rows(database, "SELECT count(*) FROM sessions") == [(3,)]
    assert repository.move([each.session_id for each in moved]) == 0
    assert repository.by_hour() == [(NOON - timedelta(hours=age), 1, 1) for age in (30, 1, 0)]
    assert repository.restore(NOON - timedelta(hours=1), NOON) == 1
    assert repository.restore(NOON - timedelta(days=9), NOON + timedelta(hours=1)) == 2
    assert repository.by_hour() == []
    roll_up(database)
    assert_matches_reports(database, DAYS)
    assert rows(database, "SELECT count(*) FROM sessions") == [(6,)]
    assert ClientReports(database).insert(moved).keys == frozenset()
    assert rows(
        database, "SELECT attempts, octet_length(latency) > 0 FROM client_reports "
        "WHERE release = 'evil'"
    ) == [(7, True)] * 3  # fmt: skip


def test_old_ones_are_forgotten(database: Database) -> None:
    old, new = report(period_end=NOON - timedelta(days=2)), report()
    store(database, old, new)
    repository = SetAsideReports(database)
    repository.move([old.session_id, new.session_id])
    repository.forget(NOON - timedelta(days=1))
    assert rows(database, "SELECT session_id FROM set_aside_reports") == [(new.session_id,)]
