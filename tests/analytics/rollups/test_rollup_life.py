"""Rollups follow the reports: late ones, bulk loads, interrupted rounds, rebuilds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from analytics.rollups import client_aggregator, client_cells, client_rollup, rollup_round
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rebuild import rebuild
from models.database.engine import Database
from models.rollups import client_rollups, rollup_store
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import (
    DAYS,
    FILTERS,
    RETENTION,
    assert_matches_reports,
    cells,
    fetch,
    roll_up,
    spread,
    store,
)

HALF_A_DAY = timedelta(hours=12)


def test_late_reports_change_the_past(database: Database) -> None:
    store(database, *spread(60))
    roll_up(database)
    late = [NOON - timedelta(hours=hours, seconds=7) for hours in (3, 5, 30, 47)]
    store(database, *(report((40.0,), period_end=at, country="BR", sent=5) for at in late))
    assert Reports(database).summary(DAYS).data_as_of < Reports(database).data_as_of()
    roll_up(database)
    for filters in FILTERS:
        assert_matches_reports(database, DAYS, filters)


def test_a_session_that_ends_badly_later_changes_its_first_hour(database: Database) -> None:
    session = uuid4()
    started_at = NOON - timedelta(hours=30)
    store(database, report(session_id=session, period_end=started_at))
    roll_up(database)
    store(database, report(session_id=session, period_end=NOON, abnormal_closes=1))
    roll_up(database)
    summary = Reports(database).summary(DAYS)
    assert (summary.sessions, summary.abnormal_sessions) == (1, 1)
    assert fetch(database, "SELECT abnormal FROM session_days WHERE dimension = ''") == [(1,)]


def test_a_rebuild_makes_the_same_cells(database: Database) -> None:
    for part in (spread(120)[:70], spread(120)[70:]):
        store(database, *part)
        roll_up(database)
    before = cells(database)
    rebuild(database, lambda _: None)
    assert cells(database) == before


@contextmanager
def killed_at(database: Database, number: int) -> Iterator[None]:
    """The connection fails at the statement of this number."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == number:
            raise KeyboardInterrupt

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


def test_a_rollup_killed_at_any_statement_resumes(database: Database) -> None:
    store(database, *spread(40))
    for number in range(3, 63, 3):
        with killed_at(database, number), suppress(KeyboardInterrupt):
            client_rollup.run(ClientAggregator(database, lambda _: None), NOON, RETENTION)
        late = NOON - timedelta(hours=number / 2)
        store(database, report((9.0,), period_end=late, country="DE"))
    roll_up(database)
    for filters in FILTERS:
        assert_matches_reports(database, DAYS, filters)


def test_values_beyond_the_limit_count_as_other(database: Database) -> None:
    pages = [f"/page-{number}" for number in range(230)]
    store(database, *(report(page=page, period_end=NOON - timedelta(hours=3)) for page in pages))
    roll_up(database)
    values = fetch(database, "SELECT value, reports FROM client_hours WHERE dimension = 'page'")
    assert len(values) == 201
    assert dict(values)["other"] == 30


def test_apps_beyond_the_limit_count_as_other(database: Database) -> None:
    at = NOON - timedelta(hours=3)
    store(database, *(report(app=f"app-{number}", period_end=at) for number in range(120)))
    roll_up(database)
    values = dict(fetch(database, "SELECT app, reports FROM client_hours WHERE dimension = ''"))
    assert (len(values), values["other"]) == (101, 20)


def test_minute_details_are_dropped_after_some_hours(database: Database) -> None:
    store(database, *(report(period_end=NOON + timedelta(hours=h, minutes=-1)) for h in range(9)))
    for hour in range(10):
        roll_up(database, NOON + timedelta(hours=hour))
    oldest_detail = "SELECT min(t) FROM client_minutes WHERE dimension <> ''"
    assert fetch(database, oldest_detail)[0][0] >= NOON + timedelta(hours=2)
    assert_matches_reports(
        database, TimeRange(NOON, NOON + timedelta(hours=9)), Filters(country="unknown")
    )


def test_days_loaded_later_are_read_from_the_reports_until_they_are_rolled_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database, report(period_end=NOON))
    roll_up(database)
    store(database, *(report(period_end=NOON - timedelta(hours=n)) for n in (70, 80, 90)))
    with monkeypatch.context() as hurried:
        hurried.setattr(rollup_round, "LONGEST_SECONDS", 0)
        client_rollup.run(ClientAggregator(database, lambda _: None), NOON, RETENTION)
    for _ in range(2):
        assert_matches_reports(database, DAYS)
        roll_up(database)


def test_reports_from_before_rollups_are_rolled_up(database: Database) -> None:
    store(database, *spread(50))
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE dirty_minutes"))
    roll_up(database)
    for filters in FILTERS:
        assert_matches_reports(database, DAYS, filters)


def test_gauges_are_stored_as_sums(database: Database) -> None:
    at = NOON - timedelta(hours=2)
    store(database, report(rtt_ms=100, period_end=at), report(rtt_ms=300, period_end=at))
    roll_up(database)
    measures = fetch(database, "SELECT measures FROM client_hours WHERE dimension = ''")[0][0]
    assert measures["rtt_ms"] == [2, 2.0, 400.0]


def test_custom_values_of_the_catalogue_are_rolled_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_aggregator, "CUSTOM", ("cart_items",))
    monkeypatch.setattr(client_cells, "MEASURE_COLUMNS", (("cart_items", "custom0"),))
    at = NOON - timedelta(hours=2)
    carts: tuple[dict[str, float], ...] = (
        {"cart_items": 2.5},
        {"cart_items": 1e300},
        {"other": 7.0},
        {},
    )
    store(database, *(report(custom=cart, sample_rate=0.5, period_end=at) for cart in carts))
    roll_up(database)
    measures = fetch(database, "SELECT measures FROM client_hours WHERE dimension = ''")
    assert measures[0][0] == {"cart_items": [2, 4.0, 2 * (2.5 + 1e12)]}


def test_a_range_from_before_the_first_report_is_read_by_minutes(database: Database) -> None:
    store(database, *(report((40.0,), period_end=NOON + timedelta(minutes=n)) for n in (0, 70)))
    roll_up(database, NOON + timedelta(hours=2))
    window = TimeRange(NOON - timedelta(hours=22), NOON + timedelta(hours=2))
    summary = Reports(database).summary(window)
    assert (summary.start, summary.resolution) == (window.start, "5 minutes")


def test_a_range_whose_minutes_were_dropped_is_read_by_hours(database: Database) -> None:
    old = NOON - timedelta(days=2)
    store(database, report((40.0,), period_end=old), report((40.0,), period_end=NOON))
    roll_up(database, NOON + timedelta(hours=2))
    with database.transaction() as connection:
        rollup_store.forget(connection, client_rollups.client_minutes, NOON - HALF_A_DAY)
    summary = Reports(database).summary(TimeRange(old - HALF_A_DAY, old + HALF_A_DAY))
    assert (summary.resolution, summary.sessions_are, summary.sessions) == ("hour", "started", 1)
