"""Sessions of a range: started in it or carried over into it, from rows and cells alike."""

from datetime import timedelta
from uuid import UUID

import pytest

from analytics.query.read_plan import ReadPlan
from models.database.engine import Database
from models.metrics.intervals import LevelIntervals, RawOnly
from models.queries.report_queries import snapshot
from models.queries.report_scope import ReportScope
from models.queries.session_queries import SessionQueries
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
START, END = NOON - 2 * HOUR, NOON
PLANS: tuple[LevelIntervals, ...] = (
    RawOnly(START, END),
    ReadPlan(hours=[(START, END)]),
    ReadPlan(minutes=[(START, END)]),
    ReadPlan(minutes=[(START, START + HOUR)], raw=[(START + HOUR, END)]),
)
# Session: its minutes after the start, its country, its last report's abnormal closes.
SESSIONS: dict[int, tuple[list[float], str | None, int]] = {
    1: ([0, 30], "BR", 0),
    2: ([59.99, 61], "BR", 1),
    3: ([60], None, 0),
    4: ([-30, 5], "DE", 1),  # carried over
    5: ([-30], "DE", 0),  # ended before
    6: ([-300, 90], None, 0),  # carried over, long
    7: ([120], "BR", 0),  # after the end
}


@pytest.fixture
def stored(database: Database) -> Database:
    reports = [
        report(
            session_id=UUID(int=number), period_end=START + timedelta(minutes=minute),
            country=country, abnormal_closes=abnormal if minute == minutes[-1] else 0,
        )
        for number, (minutes, country, abnormal) in SESSIONS.items()
        for minute in minutes
    ]  # fmt: skip
    ClientReports(database).insert(reports)
    roll_up(database, NOON + 3 * HOUR)
    return database


def started(
    database: Database, plan: LevelIntervals, step: timedelta = HOUR, **filters: str | None
) -> list[tuple[float, int, int]]:
    """Minutes after the start, sessions, abnormal ones."""
    with snapshot(database) as connection:
        scope = ReportScope(START, END, step, START, filters)
        steps = SessionQueries(connection, scope).started(plan)
    minute = timedelta(minutes=1)
    return [((s["t"] - START) / minute, s["sessions"], s["abnormal"]) for s in steps]


def test_starts_are_counted_alike_from_rows_and_cells(stored: Database) -> None:
    assert [started(stored, plan) for plan in PLANS] == [[(0, 2, 1), (60, 1, 0)]] * 4


def test_starts_of_a_country_are_counted_alike(stored: Database) -> None:
    plans = PLANS[:2]  # minutes are counted in totals alone
    assert [started(stored, plan, country="BR") for plan in plans] == [[(0, 2, 1)]] * 2
    assert [started(stored, plan, country=None) for plan in plans] == [[(60, 1, 0)]] * 2
    assert [started(stored, plan, app="kiosk") for plan in plans] == [[]] * 2


def test_minutes_of_an_hour_are_counted_apart(stored: Database) -> None:
    minutes = [started(stored, plan, timedelta(minutes=1)) for plan in (PLANS[0], PLANS[2])]
    assert minutes == [[(0, 1, 0), (59, 1, 1), (60, 1, 0)]] * 2


def test_several_filters_are_counted_from_rows_whatever_the_plan(stored: Database) -> None:
    assert [started(stored, plan, country="BR", page=None) for plan in PLANS] == [[(0, 2, 1)]] * 4


def test_carried_over_are_those_that_reported_within_the_range(stored: Database) -> None:
    expected = {"DE": (1, 1), "BR": (0, 0), None: (1, 0)}
    counted = {}
    with snapshot(stored) as connection:
        for country in expected:
            scope = ReportScope(START, END, HOUR, START, {"country": country})
            sessions = SessionQueries(connection, scope).carried_over()
            counted[country] = (sessions["sessions"], sessions["abnormal"])
    assert counted == expected
