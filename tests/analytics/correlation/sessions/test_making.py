"""Summaries equal what pandas makes of the raw rows, whatever came late, twice or in any order."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.correlation.sessions import making
from analytics.correlation.sessions.making import SessionSummaries, portion_of
from analytics.correlation.sessions.reader import read_sessions
from analytics.correlation.sessions.table import SessionTable
from analytics.ranges.timerange import TimeRange
from models.correlation.session_sums import StoredSession
from models.database.engine import Connection, Database
from models.database.leases import LeaseLost
from models.metrics.dimensions import SEGMENTS
from models.raw import sessions
from models.raw.report_insert import ClientReports
from models.raw.set_aside_reports import SetAsideReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report, robots_like
from tests.support.store.session_truth import expected_sessions, random_reports

MIDNIGHT = NOON - timedelta(hours=12)
WINDOW = TimeRange(NOON - timedelta(days=5), NOON)
AGES = {
    "interactions": "interactions", "ux_errors": "ux_errors", "drops": "drops",
    "open_ms": "open_minutes", "visible_ms": "visible_minutes",
}  # fmt: skip
ON_DATABASE = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def summaries(database: Database) -> SessionSummaries:
    return SessionSummaries(database, lambda _: None)


def sum_up(database: Database, now: datetime = NOON + timedelta(hours=1)) -> int:
    return sum(iter(lambda: summaries(database).sum_up(now), 0))


def assert_equal_to_rows(database: Database) -> SessionTable:
    table = read_sessions(database, {}, WINDOW)
    expected = expected_sessions(database).sort_values(["start", "interactions", "messages"])
    order = np.lexsort((table.messages, table.interactions, table.start))
    table = table.select(order)
    assert len(table) == len(expected)
    for name in SEGMENTS:
        coded = table.dimensions[name]
        assert [coded.labels[code] for code in coded.codes] == list(expected[name]), name
    for name in expected.columns:
        if name.startswith("age_"):
            own = getattr(table.ages, AGES[name[4:]])
            all_bins = np.concatenate(list(expected[name]))
            factor, tolerance = (60_000, 501) if name.endswith("_ms") else (1, 0)
            np.testing.assert_allclose(own * factor, all_bins, atol=tolerance, err_msg=name)
        elif name not in SEGMENTS:
            column = expected[name].astype(float)
            np.testing.assert_allclose(getattr(table, name), column, rtol=1e-6, err_msg=name)
    return table


@ON_DATABASE
@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_late_rows_retries_and_any_order_leave_what_raw_rows_say(
    database: Database, seed: int, random: Random
) -> None:
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE client_reports, sessions CASCADE"))
    reports = random_reports(seed)
    sent = [*reports, *random.sample(reports, len(reports) // 3), *robots_like(reports)]
    random.shuffle(sent)
    store, cut = ClientReports(database), random.randrange(len(sent))
    for part in (sent[:cut], sent[cut:]):
        store.insert(part)
        sum_up(database)
    before = assert_equal_to_rows(database)
    summaries(database).rebuild()
    after = assert_equal_to_rows(database)
    np.testing.assert_array_equal(before.ages.first, after.ages.first)


def test_a_session_is_summed_up_once_its_page_was_left_or_is_silent(database: Database) -> None:
    ages = {"open": 29, "silent": 31, "just left": 1, "left": 3}
    ClientReports(database).insert(
        [
            report(release=name, period_end=NOON - timedelta(minutes=age), leaving="left" in name)
            for name, age in ages.items()
        ]
    )
    assert sum_up(database, NOON) == 2
    table = read_sessions(database, {}, WINDOW)
    assert {*table.dimensions["release"].labels} == {"silent", "left"}
    assert sum_up(database, NOON) == 0


def test_a_session_that_turns_out_to_be_a_crawlers_has_no_summary(database: Database) -> None:
    person, at = report(), NOON - timedelta(hours=1)
    ClientReports(database).insert([person])
    sum_up(database)
    crawler = report(session_id=person.session_id, period_end=at, automated="Googlebot")
    ClientReports(database).insert([crawler])
    assert (sum_up(database), len(read_sessions(database, {}, WINDOW))) == (1, 0)
    assert sum_up(database) == 0


def test_what_deletes_a_session_deletes_its_summary(database: Database) -> None:
    old, aside, stays = (report(period_end=NOON - timedelta(hours=age)) for age in (30, 2, 1))
    ClientReports(database).insert([old, aside, stays])
    sum_up(database)
    assert sessions.forget(database, NOON - timedelta(hours=24)) == 1
    SetAsideReports(database).move([aside.session_id])
    assert rows(database, "SELECT session_id FROM session_summaries") == [(stays.session_id,)]
    SetAsideReports(database).restore(NOON - timedelta(hours=3), NOON)
    assert (sum_up(database), len(read_sessions(database, {}, WINDOW))) == (1, 2)


def test_a_session_that_lost_a_day_of_its_reports_stays_as_it_was(database: Database) -> None:
    first = report(period_end=NOON - timedelta(hours=20), interactions=7)
    more = report(session_id=first.session_id, interactions=1)
    never = report(period_end=NOON - timedelta(hours=20))
    ClientReports(database).insert([first, more])
    sum_up(database)
    ClientReports(database).insert([never, report(session_id=never.session_id)])
    with database.transaction() as connection:
        connection.execute(
            text("DELETE FROM client_reports WHERE period_end < :at"), {"at": MIDNIGHT}
        )
    ClientReports(database).insert([report(session_id=first.session_id, interactions=90)])
    assert sum_up(database) == 2
    summaries(database).rebuild()
    (interactions,) = read_sessions(database, {}, WINDOW).interactions
    assert interactions == 8


def test_segments_leave_with_their_last_session(database: Database) -> None:
    last, other = report(country="DE"), report(country="BR", period_end=NOON - timedelta(days=2))
    ClientReports(database).insert([last, other, report(country="DE")])
    sum_up(database)
    assert summaries(database).forget_segments() == 0
    sessions.forget(database, NOON - timedelta(days=1))
    assert summaries(database).forget_segments() == 1
    assert rows(database, "SELECT country FROM session_segments") == [("DE",)]


def test_no_portion_holds_more_reports_than_it_may_unless_of_a_single_session() -> None:
    stored = [
        StoredSession(uuid4(), NOON, NOON, reports, 1.0, is_person=True)
        for reports in (making.MOST_REPORTS + 1, making.MOST_REPORTS, 1)
    ]
    assert portion_of(stored) == stored[:1]
    assert portion_of(stored[1:]) == stored[1:2]
    assert portion_of([]) == []


def test_nothing_is_written_once_the_lease_is_lost(database: Database) -> None:
    ClientReports(database).insert([report(period_end=NOON - timedelta(hours=1))])

    def lost(_: Connection) -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        SessionSummaries(database, lost).sum_up(NOON)
    assert rows(database, "SELECT count(*) FROM session_summaries") == [(0,)]
    assert sum_up(database) == 1
