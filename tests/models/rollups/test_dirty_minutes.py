"""Dirty minutes: marked in the commit of the insert, cleared by the rollup that counted them."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from models.database.engine import Database
from models.raw.client_reports import as_json
from models.raw.report_insert import INSERT, ClientReports
from models.raw.sample_insert import ServerSamples
from models.rollups import dirty_minutes
from models.rollups.dirty_minutes import REPORTS, SAMPLES, SESSIONS
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

MINUTE = timedelta(minutes=1)
DAY = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))


def minutes(database: Database, source: str = REPORTS) -> list[datetime]:
    with database.transaction() as connection:
        return dirty_minutes.minutes(connection, source, *DAY)


def insert(database: Database, *offsets: int, session: int = 1) -> None:
    """Reports of a session that end so many seconds from noon."""
    ends = [NOON + timedelta(seconds=offset) for offset in offsets]
    ClientReports(database).insert(
        [report(period_end=end, session_id=UUID(int=session)) for end in ends]
    )


def test_each_minute_of_a_batch_is_marked_once(database: Database) -> None:
    insert(database, 0, 59, 60, -1)
    assert minutes(database) == [NOON - MINUTE, NOON, NOON + MINUTE]
    assert rows(database, "SELECT count(*) FROM dirty_minutes WHERE source = 'reports'") == [(3,)]


def test_a_repeated_report_marks_nothing(database: Database) -> None:
    again = report()
    ClientReports(database).insert([again])
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM dirty_minutes"))
    ClientReports(database).insert([again])
    assert minutes(database) == []


def test_marks_are_of_the_commit_of_their_rows(database: Database) -> None:
    insert(database, 0)  # the day's partition
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM dirty_minutes"))
    reports = [report(period_end=NOON)]
    with database.engine.connect() as connection:
        connection.execute(INSERT, {"rows": as_json(reports), "batch_size": 1})
        assert connection.execute(text("SELECT count(*) FROM dirty_minutes")).scalar_one() == 1
        assert minutes(database) == []  # others see neither rows nor marks
        connection.rollback()
    assert minutes(database) == []
    assert rows(database, "SELECT count(*) FROM client_reports") == [(1,)]


def test_samples_mark_minutes_of_their_own(database: Database) -> None:
    ServerSamples(database).insert([sample(), sample()])
    assert minutes(database, SAMPLES) == [NOON - MINUTE]
    assert minutes(database) == []


def test_a_session_that_began_earlier_than_thought_marks_both_starts(database: Database) -> None:
    insert(database, 0)
    assert minutes(database, SESSIONS) == []  # a new session: its report marks its minute
    insert(database, -600)
    assert minutes(database, SESSIONS) == [NOON - 10 * MINUTE, NOON]


def test_the_first_abnormal_close_marks_the_start_of_its_session(database: Database) -> None:
    insert(database, -600)
    for end in (NOON, NOON + MINUTE):
        late = report(period_end=end, session_id=UUID(int=1), abnormal_closes=1)
        ClientReports(database).insert([late])
    count = "SELECT count(*) FROM dirty_minutes WHERE source = 'sessions' AND minute = '{}'"
    assert rows(database, count.format(NOON - 10 * MINUTE)) == [(1,)]


def test_marks_of_a_range_come_oldest_minute_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(database, 120, 0, session=1)
    insert(database, 60, session=2)
    with database.transaction() as connection:
        marks = dirty_minutes.marks(connection, [REPORTS], NOON, NOON + 2 * MINUTE)
        monkeypatch.setattr(dirty_minutes, "MOST_AT_ONCE", 1)
        first = dirty_minutes.marks(connection, [REPORTS, SAMPLES], *DAY)
        assert dirty_minutes.marks(connection, [], *DAY) == []
    assert [mark.minute for mark in marks] == [NOON, NOON + MINUTE]
    assert first == marks[:1]


def test_a_mark_made_meanwhile_outlives_the_clearing_of_the_others(database: Database) -> None:
    insert(database, 0)
    with database.transaction() as connection:
        marks = dirty_minutes.marks(connection, [REPORTS], *DAY)
        insert(database, 1)
        dirty_minutes.clear(connection, [mark.id for mark in marks])
        dirty_minutes.clear(connection, [])
    assert minutes(database) == [NOON]


def test_the_oldest_mark_says_since_when_minutes_wait(database: Database) -> None:
    assert dirty_minutes.waiting_since(database) is None
    insert(database, 0)
    with database.transaction() as connection:
        age = "UPDATE dirty_minutes SET at = at - interval '1 hour'"
        connection.execute(text(age))
    insert(database, 60)
    ((oldest,),) = rows(database, "SELECT min(at) FROM dirty_minutes")
    assert dirty_minutes.waiting_since(database) == oldest
    with database.transaction() as connection:
        later = dirty_minutes.oldest_mark(connection, [REPORTS], NOON + MINUTE, DAY[1])
        assert dirty_minutes.oldest_mark(connection, [REPORTS], *DAY) == oldest
        assert dirty_minutes.oldest_mark(connection, [SAMPLES], *DAY) is None
    assert isinstance(oldest, datetime)
    assert later is not None
    assert later > oldest


def test_minutes_with_rows_are_marked_for_a_rebuild(database: Database) -> None:
    insert(database, -3600, 0, 30)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM dirty_minutes"))
        dirty_minutes.mark_dirty(connection, REPORTS, "client_reports", NOON)
    assert rows(database, "SELECT source, minute FROM dirty_minutes") == [(REPORTS, NOON)]
