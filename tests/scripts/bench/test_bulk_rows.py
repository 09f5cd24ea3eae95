"""Rows generated inside PostgreSQL: the product reads them as those it stored itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import counted
from analytics.reports.reports import Reports
from models.database.engine import Database
from scripts.bench import bulk_rows
from tests.support.store.postgres import rows

DAY = date(2026, 3, 2)
START = datetime(2026, 3, 2, tzinfo=UTC)
WINDOW = TimeRange(START, START + timedelta(days=1))


def test_rows_are_spread_over_the_day_and_over_no_other(database: Database) -> None:
    bulk_rows.fill_day(database, DAY, 24)
    ((first, last, number, hours),) = rows(
        database,
        "SELECT min(period_end), max(period_end), count(*), "
        "count(DISTINCT date_trunc('hour', period_end)) FROM client_reports",
    )
    assert (number, hours) == (24, 24)
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    assert WINDOW.start < first < last < WINDOW.end


def test_many_rows_are_inserted_in_parts_without_a_gap(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_rows, "AT_ONCE", 10)
    bulk_rows.fill_day(database, DAY, 25)
    numbers = "SELECT count(*), count(DISTINCT period_end), sum(sent) FROM client_reports"
    assert rows(database, numbers) == [(25, 25, sum(range(1, 26)))]


def test_the_products_readers_read_them(database: Database) -> None:
    bulk_rows.fill_day(database, DAY, 12)
    reports = Reports(database)
    summary = reports.summary(WINDOW)
    counts = [
        reports.summary(WINDOW, Filters(country=country)).reports for country in ("BR", "unknown")
    ]
    assert [summary.reports, *counts] == [12, 3, 3]
    assert summary.messages.sent == sum(range(1, 13))
    assert counted(summary.latency_ms).n == 12 * 7
    assert counted(summary.latency_ms).p50 is not None
