"""Rollups tell the truth: every figure from cells equals the same added up from the reports."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from analytics import catalog, client_cells, step_sums
from analytics.client_reading import ClientReading
from analytics.jobs import client_roller, client_rollup
from analytics.jobs.client_roller import ClientRoller
from analytics.jobs.rebuild import rebuild
from analytics.read_plan import Plan
from analytics.reports import Reports
from analytics.step_sums import DURATIONS, Steps
from analytics.timerange import Filters, TimeRange
from models import client_rollups, report_groups
from models.client_reports import ClientReport
from models.database import Database
from models.report_insert import ClientReports
from models.report_queries import ReportQueries, snapshot
from tests.conftest import NOON, empty
from tests.reports_factory import report
from tests.test_store import rows

ALL = Filters()
KEPT = timedelta(days=30)
DAYS = TimeRange(NOON - timedelta(days=4), NOON + timedelta(minutes=3))
TABLES = ("client_minutes", "client_hours", "client_days", "session_hours", "session_days")


def roll(database: Database, now: datetime = NOON) -> str:
    """Roll up until nothing is left to do."""
    roller = ClientRoller(database, lambda _: None)
    said = [client_rollup.run(roller, now, KEPT) for _ in range(40)]
    assert said[-1] == "0 minutes, 0 hours, 0 late hours, 0 crossed days"
    return said[0]


def store(database: Database, *given_reports: ClientReport) -> None:
    ClientReports(database).insert(given_reports)


def assert_true(database: Database, window: TimeRange, filters: Filters = ALL) -> None:
    """What is read equals what the reports themselves add up to."""
    with snapshot(database) as connection:
        reading = ClientReading(connection, window, filters)
        found = reading.steps()
        whole = Plan(raw=[(reading.window.start, reading.window.end)])
        true = Steps(ReportQueries(connection, reading.scope, whole).raw_sums())
    assert found.places == true.places
    assert (found.reports, found.latest) == (true.reports, true.latest)
    assert found.counts == true.counts
    assert found.trials == true.trials
    for name in (*DURATIONS, "page_load"):
        one, other = getattr(found, name), getattr(true, name)
        assert np.array_equal(one.counts, other.counts), name
        assert np.array_equal(one.n, other.n), name
        assert np.array_equal(one.sums_us, other.sums_us), name


def found(database: Database, query: str) -> list[Any]:
    """The rows of a query."""
    return list(rows(database, query))


def cells(database: Database) -> dict[str, list[Any]]:
    """Every cell there is, in order."""
    return {
        name: found(database, f"SELECT * FROM {name} ORDER BY dimension, value, t, app")
        for name in TABLES
    }


def spread(number: int = 200, *, whole: bool = False) -> list[ClientReport]:
    """Reports of three apps over four days, with everything in them; `whole`: none is sampled."""
    rng = np.random.default_rng(3)
    return [
        report(
            tuple(rng.lognormal(3, 1, 3).tolist()),
            period_end=NOON - timedelta(seconds=int(rng.integers(0, 4 * 86400))),
            session_id=UUID(int=int(rng.integers(1, 40))),
            app=("portal", "kiosk", "chat")[rng.integers(3)],
            country=("BR", "DE", None)[rng.integers(3)],
            effective_type=("4g", "3g", None)[rng.integers(3)],
            page=f"/{rng.integers(9)}",
            sample_rate=1.0 if whole else float(rng.choice([1.0, 0.5, 0.3])),
            attempts=int(rng.integers(9)), opened=int(rng.integers(9)), drops=int(rng.integers(3)),
            abnormal_closes=int(rng.integers(2)), sent=int(rng.integers(999)),
            close_codes={"1000": int(rng.integers(3)), "1006": 1},
            recovery_ms=tuple(rng.integers(0, 9000, 2).tolist()),
            page_load_ms=int(rng.integers(100, 9000)), rtt_ms=int(rng.integers(500)),
            cls=float(rng.random()),
        )
        for _ in range(number)
    ]  # fmt: skip


FILTERS = (
    Filters(),
    Filters(app="portal"),
    Filters(country="BR"),
    Filters(country="unknown", app="kiosk"),
    Filters(page="/3"),
)
moments = st.integers(0, 4 * 86400 * 2).map(lambda s: NOON - timedelta(seconds=s / 2))


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Four days of reports, rolled up, with some that came since."""
    empty(database_url)
    database = Database(database_url)
    store(database, *spread())
    roll(database)
    store(database, *(report(period_end=NOON - timedelta(minutes=m)) for m in (0, 1, 7, 59)))
    yield database
    database.dispose()


@settings(max_examples=60, deadline=None)
@given(st.tuples(moments, moments).filter(lambda m: m[0] != m[1]), st.sampled_from(FILTERS))
def test_any_range_and_filter_is_read_as_the_reports_add_up(
    rolled: Database, ends: tuple[datetime, datetime], filters: Filters
) -> None:
    assert_true(rolled, TimeRange(*sorted(ends)), filters)


@pytest.mark.parametrize("filters", FILTERS)
def test_the_whole_range_is_read_as_the_reports_add_up(rolled: Database, filters: Filters) -> None:
    assert_true(rolled, DAYS, filters)


def test_two_filters_at_once_count_right_beyond_two_days(rolled: Database) -> None:
    filters = Filters(country="BR", effective_type="4g")
    summary = Reports(rolled).summary(DAYS, filters)
    truth = found(
        rolled,
        "SELECT count(*), sum(sent * round(1024 / sample_rate) / 1024) FROM client_reports "
        "WHERE country = 'BR' AND effective_type = '4g'",
    )
    assert (summary.reports, summary.messages.sent) == (truth[0][0], round(truth[0][1]))
    assert summary.latency_ms.p95 is None
    assert "not available for this combination" in summary.note


def test_labels_and_sessions_add_up(rolled: Database) -> None:
    summary = Reports(rolled).summary(DAYS)
    codes = found(
        rolled,
        "SELECT sum((close_codes ->> '1006')::int * round(1024 / sample_rate) / 1024) "
        "FROM client_reports WHERE close_codes ? '1006'",
    )
    assert summary.connection.close_codes["1006"] == round(codes[0][0])
    assert sum(summary.network.values()) == summary.reports
    assert summary.sessions_are == "started"
    assert [(summary.sessions,)] == found(rolled, "SELECT count(*) FROM sessions")


def test_choices_come_from_cells_and_what_came_since(rolled: Database) -> None:
    assert set(Reports(rolled).choices("app", DAYS)) == {"portal", "kiosk", "chat"}
    assert set(Reports(rolled).choices("country", DAYS)) == {"BR", "DE", "unknown"}


def test_a_report_is_seen_at_once_and_once(database: Database) -> None:
    hour = TimeRange(NOON - timedelta(hours=1), NOON + timedelta(minutes=1))
    for expected in (1, 2):
        store(database, report(period_end=NOON - timedelta(minutes=5)))
        assert Reports(database).summary(hour).reports == expected
        roll(database)
        assert Reports(database).summary(hour).reports == expected


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
            client_rollup.run(ClientRoller(database, lambda _: None), NOON, KEPT)
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
        hurried.setattr(client_rollup, "LONGEST_SECONDS", 0)
        client_rollup.run(ClientRoller(database, lambda _: None), NOON, KEPT)
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
    monkeypatch.setattr(client_roller, "CUSTOM", ("cart_items",))
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
    assert set(client_cells.GAUGES) == set(report_groups.GAUGES)
    assert client_cells.GAUGE_PARTS == report_groups.GAUGE_PARTS
    assert client_cells.SEPARATOR == report_groups.SEPARATOR
    assert set(catalog.DIMENSIONS) == {"app", *client_rollups.SPLIT_BY}
