"""Reading: filters, a sample of too many, local days, and nothing at all."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from analytics.correlation.sessions.making import SessionSummaries
from analytics.correlation.sessions.packing import AGE, SUMMARY
from analytics.correlation.sessions.reader import read_sessions, table_of
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

WINDOW = TimeRange(NOON - timedelta(days=1), NOON)


@pytest.fixture
def stored(database: Database) -> Database:
    """Forty sessions: ten of each app and country, the last of each without a country."""
    rng = np.random.default_rng(17)
    ClientReports(database).insert(
        [
            report(
                session_id=UUID(bytes=rng.bytes(16)), app=app, interactions=number,
                country=None if number == 9 else country,
                period_end=NOON - timedelta(hours=1, minutes=number),
            )
            for app in ("portal", "kiosk")
            for country in ("DE", "BR")
            for number in range(10)
        ]
    )  # fmt: skip
    SessionSummaries(database, lambda _: None).sum_up(NOON)
    return database


def test_filters_accept_several_values_and_unknown(stored: Database) -> None:
    def count(**filters: tuple[str, ...]) -> int:
        return len(read_sessions(stored, filters, WINDOW))

    assert count() == 40
    assert count(app=("portal",)) == 20
    assert count(app=("portal", "kiosk"), country=("BR",)) == 18
    assert count(country=("unknown",)) == 4
    assert count(browser=("Lynx",)) == 0
    with pytest.raises(ValueError, match="not summed up by page"):
        count(page=("/",))


def test_the_range_is_half_open_by_the_start_of_the_session(stored: Database) -> None:
    first = NOON - timedelta(hours=1, minutes=3, seconds=15)  # the period began 15 s before
    table = read_sessions(stored, {}, TimeRange(first, first + timedelta(minutes=2)))
    assert sorted({*table.interactions}) == [2, 3]
    assert table.start.tolist() == sorted(table.start.tolist())


def test_of_too_many_sessions_some_are_drawn_the_same_each_time(stored: Database) -> None:
    drawn, again = (read_sessions(stored, {}, WINDOW, most=20) for _ in range(2))
    assert drawn.read_share == 0.5
    assert 8 <= len(drawn) <= 32
    np.testing.assert_array_equal(drawn.interactions, again.interactions)
    of_app = read_sessions(stored, {"app": ("portal",)}, WINDOW, most=20)
    assert (len(of_app), of_app.read_share) == (20, 1.0)
    assert read_sessions(stored, {"app": ("portal",)}, WINDOW, most=10).read_share == 0.5
    assert drawn.ages.interactions.sum() == drawn.interactions.sum()


def test_no_sessions_are_a_table_without_rows(database: Database) -> None:
    table = read_sessions(database, {}, WINDOW, zone="Europe/Berlin")
    assert (len(table), table.ages.first.tolist(), table.read_share) == (0, [0], 1.0)
    assert table.dimensions["country"].labels == ()


def test_days_are_those_of_the_zone_over_a_change_of_its_clock() -> None:
    moments = [
        datetime(2026, 3, 28, 22, 59, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC),
    ]  # fmt: skip
    records = np.zeros(4, dtype=SUMMARY)
    records["start"], records["bins"] = [int(at.timestamp()) for at in moments], 1
    labels = {0: ("portal", *["unknown"] * 5)}
    table = table_of(records, np.zeros(4, AGE), labels, zone="Europe/Berlin", share=1.0)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    days = [(epoch + timedelta(days=int(day))).date().isoformat() for day in table.day]
    assert days == ["2026-03-28", "2026-03-29", "2026-03-29", "2026-03-30"]
