"""Rollups follow the reports: what comes late, is loaded, is cut off or made anew."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from analytics.query import step_sums
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from analytics.rollups import client_aggregator, client_cells, client_rollup, rollup_round
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.rebuild import rebuild
from models.database.engine import Database
from models.metrics import client_catalogue
from models.rollups import client_rollups, report_aggregates, rollup_store
from tests.conftest import NOON
from tests.support.report_factory import report
from tests.support.rollup_truth import (
    DAYS,
    FILTERS,
    KEPT,
    assert_true,
    cells,
    found,
    roll,
    spread,
    store,
)

HALF_A_DAY = timedelta(hours=12)


def test_what_comes_late_changes_the_past(database: Database) -> None:
    store(database, *spread(60))
    roll(database)
    late = [NOON - timedelta(hours=hours, seconds=7) for hours in (3, 5, 30, 47)]
    store(database, *(report((40.0,), period_end=at, country="BR", sent=5) for at in late))
    assert Reports(database).summary(DAYS).data_as_of < Reports(database).data_as_of()
    roll(database)
    for filters in FILTERS:
        assert_true(database, DAYS, filters)


def test_a_session_that_ends_badly_later_changes_its_first_hour(database: Database) -> None:
    session = uuid4()
    begun = NOON - timedelta(hours=30)
    store(database, report(session_id=session, period_end=begun))
    roll(database)
    store(database, report(session_id=session, period_end=NOON, abnormal_closes=1))
    roll(database)
    summary = Reports(database).summary(DAYS)
    assert (summary.sessions, summary.abnormal_sessions) == (1, 1)
    assert found(database, "SELECT abnormal FROM session_days WHERE dimension = ''") == [(1,)]


def test_made_anew_from_the_reports_every_cell_is_the_same(database: Database) -> None:
    for part in (spread(120)[:70], spread(120)[70:]):
        store(database, *part)
        roll(database)
    before = cells(database)
    rebuild(database, lambda _: None)
    assert cells(database) == before


@contextmanager
def killed_at(database: Database, number: int) -> Iterator[None]:
    """The connection fails with the statement of this number."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise KeyboardInterrupt

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


def test_killed_at_any_point_it_goes_on_where_it_was(database: Database) -> None:
    store(database, *spread(40))
    for number in range(3, 63, 3):
        with killed_at(database, number), suppress(KeyboardInterrupt):
            client_rollup.run(ClientAggregator(database, lambda _: None), NOON, KEPT)
        late = NOON - timedelta(hours=number / 2)
        store(database, report((9.0,), period_end=late, country="DE"))
    roll(database)
    for filters in FILTERS:
        assert_true(database, DAYS, filters)


def test_values_beyond_the_most_count_as_others(database: Database) -> None:
    pages = [f"/page-{number}" for number in range(230)]
    store(database, *(report(page=page, period_end=NOON - timedelta(hours=3)) for page in pages))
    roll(database)
    values = found(database, "SELECT value, reports FROM client_hours WHERE dimension = 'page'")
    assert len(values) == 201
    assert dict(values)["other"] == 30


def test_apps_beyond_the_most_count_as_another(database: Database) -> None:
    at = NOON - timedelta(hours=3)
    store(database, *(report(app=f"app-{number}", period_end=at) for number in range(120)))
    roll(database)
    values = dict(found(database, "SELECT app, reports FROM client_hours WHERE dimension = ''"))
    assert (len(values), values["other"]) == (101, 20)


def test_single_values_of_minutes_are_kept_for_some_hours(database: Database) -> None:
    store(database, *(report(period_end=NOON + timedelta(hours=h, minutes=-1)) for h in range(9)))
    for hour in range(10):
        roll(database, NOON + timedelta(hours=hour))
    divided = "SELECT min(t) FROM client_minutes WHERE dimension <> ''"
    assert found(database, divided)[0][0] >= NOON + timedelta(hours=2)
    assert_true(database, TimeRange(NOON, NOON + timedelta(hours=9)), Filters(country="unknown"))


def test_days_loaded_later_are_read_from_the_reports_until_they_are_rolled_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database, report(period_end=NOON))
    roll(database)
    store(database, *(report(period_end=NOON - timedelta(hours=n)) for n in (70, 80, 90)))
    with monkeypatch.context() as hurried:
        hurried.setattr(rollup_round, "LONGEST_SECONDS", 0)
        client_rollup.run(ClientAggregator(database, lambda _: None), NOON, KEPT)
    for _ in range(2):
        assert_true(database, DAYS)
        roll(database)


def test_what_was_there_before_rollups_is_rolled_up(database: Database) -> None:
    store(database, *spread(50))
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE touched"))
    roll(database)
    for filters in FILTERS:
        assert_true(database, DAYS, filters)


def test_gauges_are_kept_as_sums(database: Database) -> None:
    at = NOON - timedelta(hours=2)
    store(database, report(rtt_ms=100, period_end=at), report(rtt_ms=300, period_end=at))
    roll(database)
    measures = found(database, "SELECT measures FROM client_hours WHERE dimension = ''")[0][0]
    assert measures["rtt_ms"] == [2, 2.0, 400.0]


def test_custom_values_of_the_catalogue_are_rolled_up(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_aggregator, "CUSTOM", ("cart_items",))
    monkeypatch.setattr(client_cells, "MEASURED", (("cart_items", "custom0"),))
    at = NOON - timedelta(hours=2)
    carts: tuple[dict[str, float], ...] = (
        {"cart_items": 2.5},
        {"cart_items": 1e300},
        {"other": 7.0},
        {},
    )
    store(database, *(report(custom=cart, sample_rate=0.5, period_end=at) for cart in carts))
    roll(database)
    measures = found(database, "SELECT measures FROM client_hours WHERE dimension = ''")
    assert measures[0][0] == {"cart_items": [2, 4.0, 2 * (2.5 + 1e12)]}


def test_the_store_and_the_arithmetic_have_the_same_names() -> None:
    assert set(step_sums.COUNTS) == set(client_rollups.COUNTS)
    assert client_cells.BESIDE == client_rollups.BESIDE
    assert step_sums.TRIALS == client_rollups.TRIALS
    assert client_cells.HISTOGRAMS == client_rollups.HISTOGRAMS
    assert set(client_cells.GAUGES) == set(report_aggregates.GAUGES)
    assert client_cells.GAUGE_PARTS == report_aggregates.GAUGE_PARTS
    assert client_cells.SEPARATOR == report_aggregates.SEPARATOR
    assert set(client_catalogue.DIMENSIONS) == {"app", *client_rollups.SPLIT_BY}


def test_on_the_first_day_a_range_from_before_it_is_told_by_minutes(database: Database) -> None:
    store(database, *(report((40.0,), period_end=NOON + timedelta(minutes=n)) for n in (0, 70)))
    roll(database, NOON + timedelta(hours=2))
    asked = TimeRange(NOON - timedelta(hours=22), NOON + timedelta(hours=2))
    summary = Reports(database).summary(asked)
    assert (summary.start, summary.resolution) == (asked.start, "5 minutes")


def test_a_range_whose_minutes_are_gone_is_told_by_hours(database: Database) -> None:
    old = NOON - timedelta(days=2)
    store(database, report((40.0,), period_end=old), report((40.0,), period_end=NOON))
    roll(database, NOON + timedelta(hours=2))
    with database.transaction() as connection:
        rollup_store.forget(connection, client_rollups.client_minutes, NOON - HALF_A_DAY)
    summary = Reports(database).summary(TimeRange(old - HALF_A_DAY, old + HALF_A_DAY))
    assert (summary.resolution, summary.sessions_are, summary.sessions) == ("hour", "started", 1)
