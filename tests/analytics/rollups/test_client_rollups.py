"""Every figure read from cells equals the same summed from raw reports."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from analytics.query import moments as session_rows
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import counted
from analytics.reports.reports import Reports
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.postgres import truncate_tables
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import (
    DAYS,
    FILTERS,
    assert_matches_reports,
    fetch,
    roll_up,
    spread,
    store,
)

moments = st.integers(0, 4 * 86400 * 2).map(lambda s: NOON - timedelta(seconds=s / 2))


@pytest.fixture(scope="module")
def rolled(database_url: str) -> Iterator[Database]:
    """Four days of reports, rolled up, with some stored later."""
    truncate_tables(database_url)
    database = Database(database_url)
    store(database, *spread())
    roll_up(database)
    store(database, *(report(period_end=NOON - timedelta(minutes=m)) for m in (0, 1, 7, 59)))
    yield database
    database.dispose()


@settings(max_examples=60, deadline=None)
@given(st.tuples(moments, moments).filter(lambda m: m[0] != m[1]), st.sampled_from(FILTERS))
def test_any_range_and_filter_is_read_as_the_reports_add_up(
    rolled: Database, ends: tuple[datetime, datetime], filters: Filters
) -> None:
    assert_matches_reports(rolled, TimeRange(*sorted(ends)), filters)


@settings(max_examples=30, deadline=None)
@given(st.tuples(moments, moments).filter(lambda m: m[0] != m[1]), st.sampled_from(FILTERS))
def test_a_figure_of_which_a_session_makes_more_than_20_percent_says_so(
    rolled: Database, ends: tuple[datetime, datetime], filters: Filters
) -> None:
    summary = Reports(rolled).summary(TimeRange(*sorted(ends)), filters)
    expected = largest_shares(rolled, summary.start, summary.end, filters)
    stated = {
        "attempts": summary.connect_success.largest_session,
        "messages": summary.error_rate.largest_session,
        "drops": summary.connection.drops_largest_session,
        "latency": counted(summary.latency_ms).largest_session,
        "recovery": counted(summary.recovery_ms).largest_session,
    }
    # Few sessions in each cell, so nothing of any is left out.
    assert stated == pytest.approx(
        {name: share if share and share > 0.2 else None for name, share in expected.items()},
        abs=1e-4,
    )


def largest_shares(
    database: Database, start: datetime, end: datetime, filters: Filters
) -> dict[str, float | None]:
    """What the session with the most makes of each figure, from the reports."""
    weight = "round(1024 / sample_rate) / 1024"
    amounts = {
        "attempts": f"(opened + failed) * {weight}",
        "messages": f"(sent + received) * {weight}",
        "drops": f"drops * {weight}",
        "latency": "(SELECT sum(count) FROM histogram_pairs(latency)) * round(1 / sample_rate)",
        "recovery": "cardinality(recovery_ms) * round(1 / sample_rate)",
    }
    where = "".join(
        f" AND coalesce({name}, 'unknown') = '{value}'" for name, value in filters.active().items()
    )
    sums = ", ".join(f"sum({amount}) AS {name}" for name, amount in amounts.items())
    shares = ", ".join(f"max({name}) / nullif(sum({name}), 0)" for name in amounts)
    ((*values,),) = fetch(
        database,
        f"SELECT {shares} FROM (SELECT {sums} FROM client_reports WHERE period_end >= '{start}' "
        f"AND period_end < '{end}'{where} GROUP BY session_id) AS by_session",
    )
    return {n: None if v is None else float(v) for n, v in zip(amounts, values, strict=True)}


@pytest.mark.parametrize("filters", FILTERS)
def test_the_full_range_is_read_as_the_reports_add_up(rolled: Database, filters: Filters) -> None:
    assert_matches_reports(rolled, DAYS, filters)


def test_two_filters_at_once_count_right_beyond_two_days(rolled: Database) -> None:
    summary = Reports(rolled).summary(DAYS, Filters(page="/3", effective_type="4g"))
    truth = fetch(
        rolled,
        "SELECT count(*), sum(sent * round(1024 / sample_rate) / 1024) FROM client_reports "
        "WHERE page = '/3' AND effective_type = '4g'",
    )
    assert (summary.reports, summary.messages.sent) == (truth[0][0], round(truth[0][1]))
    assert summary.latency_ms is None
    assert "daily counts only" in summary.not_counted["latency_ms"]
    assert summary.connection.recovered_within_5_s is None
    assert "one filter at a time" in summary.not_counted["largest_session"]


def test_labels_and_sessions_add_up(rolled: Database) -> None:
    summary = Reports(rolled).summary(DAYS)
    codes = fetch(
        rolled,
        "SELECT sum((close_codes ->> '1006')::int * round(1024 / sample_rate) / 1024) "
        "FROM client_reports WHERE close_codes ? '1006'",
    )
    assert counted(summary.connection.close_codes)["1006"] == round(codes[0][0])
    assert sum(counted(summary.network).values()) == summary.reports
    assert summary.sessions_are == "started"
    assert [(summary.sessions,)] == fetch(rolled, "SELECT count(*) FROM sessions")


def test_choices_come_from_cells_and_later_reports(rolled: Database) -> None:
    assert set(Reports(rolled).choices("app", DAYS)) == {"portal", "kiosk", "chat"}
    assert set(Reports(rolled).choices("country", DAYS)) == {"BR", "DE", "unknown"}


def test_a_report_counts_immediately_and_once(database: Database) -> None:
    hour = TimeRange(NOON - timedelta(hours=1), NOON + timedelta(minutes=1))
    for expected in (1, 2):
        store(database, report(period_end=NOON - timedelta(minutes=5)))
        assert Reports(database).summary(hour).reports == expected
        roll_up(database)
        assert Reports(database).summary(hour).reports == expected


def test_sessions_of_too_many_rows_are_not_compared_and_say_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database, *(report((20.0,), country="BR", sent=1) for _ in range(4)))
    for most, is_partial in ((4, False), (3, True)):
        monkeypatch.setattr(session_rows, "MOST_ROWS", most)
        hour = TimeRange(NOON - timedelta(hours=1), NOON)
        summary = Reports(database).summary(hour, Filters(country="BR", app="portal"))
        reason = summary.not_counted.get("largest_session", "")
        assert ("in this many raw reports" in reason) is is_partial
        assert counted(summary.latency_ms).largest_session == (None if is_partial else 0.25)


def test_a_large_session_is_named_also_where_raw_rows_are_dropped(database: Database) -> None:
    start = NOON - timedelta(hours=30)
    store(
        database,
        *(
            report((20.0,) * (9 if session == 1 else 2), session_id=UUID(int=session), drops=1,
                   country="BR", period_end=start + timedelta(minutes=minute))
            for session in range(1, 10)
            for minute in (1, 2, 70)
        ),
    )  # fmt: skip
    roll_up(database)
    with database.transaction() as connection:
        connection.execute(text("DELETE FROM client_reports"))
    for filters in (Filters(), Filters(app="portal"), Filters(country="BR")):
        summary = Reports(database).summary(TimeRange(start, NOON), filters)
        assert counted(summary.latency_ms).largest_session == 0.36
        assert summary.connection.drops_largest_session is None
        assert {point.largest_session for point in summary.series} == {0.36}
