"""Made-up names keep no place that a used value needs; figures stay exact, also of others."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from analytics.rollups import client_rollup, value_turnover
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rebuild import rebuild
from models.database.engine import Database
from models.operations import other_values
from models.raw.client_reports import ClientReport
from models.rollups import tracked_values
from models.rollups.tracked_values import Value
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import (
    RETENTION,
    assert_matches_reports,
    cells,
    fetch,
    store,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = NOON + DAY / 2
BOTH_DAYS = TimeRange(MIDNIGHT - DAY, MIDNIGHT + DAY)


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked_values, "MOST_VALUES", tracked_values.MOST_VALUES | {"page": 2})
    monkeypatch.setattr(tracked_values, "MOST_APPS", 2)


def visits(at: datetime, number: int, first_id: int, **fields: Any) -> list[ClientReport]:
    """Sessions of one report each, a minute apart."""
    return [
        report(period_end=at + timedelta(minutes=n), session_id=UUID(int=first_id + n), sent=1 + n,
               **fields)
        for n in range(number)
    ]  # fmt: skip


def filled(database: Database) -> ClientAggregator:
    """Strangers come first on the first day; on the second everybody goes on."""
    aggregator = ClientAggregator(database, lambda _: None)
    for day in range(2):
        start, ids = MIDNIGHT - DAY * (1 - day), 1000 * day
        store(
            database,
            *visits(start + HOUR, 1, ids + 1, page="/made-up-1"),
            *visits(start + HOUR, 1, ids + 11, page="/made-up-2"),
            *visits(start + HOUR, 1, ids + 21, app="made-up", page="/made-up-1"),
            *visits(start + HOUR * 6, 9, ids + 31, page="/real"),
            *visits(start + HOUR * 6, 9, ids + 61, app="kiosk", page="/real"),
        )
        roll_up(aggregator, start + HOUR * 10)
        if not day:
            value_turnover.run(aggregator.watermark, start + HOUR * 11, MIDNIGHT - RETENTION)
            assert {(o.dimension, o.value, o.sessions) for o in
                    other_values.listed(database, start + HOUR * 11)} == {
                ("page", "/real", 9), ("app", "kiosk", 9)}  # fmt: skip
    roll_up(aggregator, MIDNIGHT + DAY + HOUR)
    return aggregator


def roll_up(aggregator: ClientAggregator, now: datetime) -> None:
    for _ in range(5):
        client_rollup.run(aggregator, now, RETENTION)


def own_cells(database: Database, day: datetime, of_app: str) -> set[str]:
    query = f"SELECT value, t FROM client_days WHERE dimension = 'page' AND app = '{of_app}'"
    return {value for value, t in fetch(database, query) if t == day}


def test_used_values_take_the_places_of_made_up_ones_at_midnight(database: Database) -> None:
    aggregator = filled(database)
    assert own_cells(database, MIDNIGHT - DAY, "portal") == {"/made-up-1", "/made-up-2", "other"}
    assert own_cells(database, MIDNIGHT, "portal") == {"/made-up-2", "/real", "other"}
    assert own_cells(database, MIDNIGHT, "kiosk") == {"/real"}
    assert own_cells(database, MIDNIGHT, "made-up") == set()
    for page in ("/real", "/made-up-1", "/made-up-2", "other"):
        for app in (None, "portal", "kiosk", "made-up"):
            if page != "other":
                assert_matches_reports(database, BOTH_DAYS, Filters(page=page, app=app))
    assert_matches_reports(database, BOTH_DAYS)
    before = cells(database)
    rebuild(database, lambda _: None)
    assert cells(database) == before
    again = value_turnover.run(aggregator.watermark, MIDNIGHT - HOUR, MIDNIGHT - RETENTION)
    assert again == "decided before"


def test_the_app_beyond_the_limit_has_its_figures_while_there_are_rows(database: Database) -> None:
    filled(database)
    day = TimeRange(MIDNIGHT - DAY, MIDNIGHT)
    kiosk = Reports(database).summary(day, Filters(app="kiosk"))
    assert (kiosk.reports, kiosk.sessions, kiosk.messages.sent) == (9, 9, sum(range(1, 10)))


def test_what_rows_no_longer_tell_is_not_counted(database: Database) -> None:
    filled(database)
    for table in ("client_reports", "client_minutes"):
        fetch(database, f"DELETE FROM {table} WHERE true RETURNING 1")
    fetch(database, "INSERT INTO client_minutes SELECT (h).* FROM (SELECT h FROM client_hours h "
                    f"WHERE t = '{MIDNIGHT + HOUR * 6}') AS rows RETURNING 1")  # fmt: skip
    kiosk = Reports(database).summary(TimeRange(MIDNIGHT - DAY, MIDNIGHT), Filters(app="kiosk"))
    assert kiosk.latency_ms is None
    assert "under other" in kiosk.not_counted["latency_ms"]


def test_a_value_that_nobody_uses_for_a_week_leaves_its_slot(database: Database) -> None:
    aggregator = filled(database)
    later = MIDNIGHT + DAY * 9
    store(database, *visits(later, 1, 9001, page="/real"))
    roll_up(aggregator, later + HOUR * 2)
    value_turnover.run(aggregator.watermark, later + HOUR * 2, MIDNIGHT)
    with aggregator.watermark.unit() as connection:
        tracked = tracked_values.dimension_values(connection)
    pages = {
        each.value for each in tracked.tenures if each.has(later + DAY) if "/" in each.value[2]
    }
    assert pages == {("portal", "page", "/real")}


@pytest.mark.parametrize(
    ("use", "leaving"),
    [({"/new": 9}, ["/a"]), ({"/new": 2, "/a": 1, "/b": 1}, []), ({"/c": 9, "/d": 8}, ["/a", "/b"]),
     ({"/b": 5, "/c": 9, "/d": 8}, ["/a"])],
)  # fmt: skip
def test_a_slot_changes_hands_for_more_than_twice_the_use(
    use: dict[str, int], leaving: list[str]
) -> None:
    def value(name: str) -> Value:
        return "portal", "page", name

    counted = {value(name): number for name, number in use.items()}
    old, new = value_turnover.turnover([value("/a"), value("/b")], counted)
    assert [name for _, _, name in old] == leaving
    assert len(new) == len(old)
