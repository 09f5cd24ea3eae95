"""Rows of summaries and their segments: stored once, replaced, and only of sessions there are."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from models.correlation import session_summaries as summaries
from models.correlation.session_summaries import SummaryRow, session_segments
from models.database.engine import Connection, Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

FIRST, OTHER = ("portal", "DE", "4g", "wifi", "Chrome", "1"), ("portal", "=x", "'", "", "%s", "{}")


@pytest.fixture
def connection(database: Database) -> Connection:
    """Of a transaction that is rolled back."""
    return database.engine.connect()


def test_a_segment_keeps_its_id_however_often_it_is_looked_up(connection: Connection) -> None:
    with connection:
        summaries.begin(connection)
        first = summaries.segment_ids(connection, {FIRST})
        both = summaries.segment_ids(connection, {FIRST, OTHER})
        assert both[FIRST] == first[FIRST] != both[OTHER]
        assert summaries.segment_ids(connection, ()) == {}
        stored = connection.execute(select(session_segments)).all()
        assert {tuple(row[1:]) for row in stored} == {FIRST, OTHER}
        assert summaries.forget_segments(connection) == 2


def test_a_row_is_replaced_and_needs_its_session(database: Database) -> None:
    session, deleted = report(), uuid4()
    ClientReports(database).insert([session])
    with database.transaction() as connection:
        ids = [session.session_id, deleted]
        assert summaries.lock_sessions(connection, ids) == {session.session_id}
        for figures in (b"first", b"second"):
            row = SummaryRow(session.session_id, NOON, 1, figures, b"")
            summaries.write(connection, [row])
        summaries.write(connection, [])
        summaries.mark_summarized(connection, {session.session_id: 1, deleted: 1})
    stored = "SELECT convert_from(figures, 'UTF8') FROM session_summaries"
    assert rows(database, stored) == [("second",)]
    assert rows(database, "SELECT summarized_reports FROM sessions") == [(1,)]
    with database.transaction() as connection:
        summaries.remove(connection, [session.session_id])
    assert rows(database, "SELECT count(*) FROM session_summaries") == [(0,)]
