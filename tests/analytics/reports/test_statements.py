"""How many statements an answer takes, whatever the range."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import event

from analytics.alerting.services.reports import AlertReports
from analytics.anomalies.reports import AnomalyReports
from analytics.load_tests.runs import LoadTestRuns
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from analytics.services.services import Services
from dashboard.client.overview.page import PAGE
from dashboard.core import url_state
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, spread, store

MONTH = TimeRange(NOON - timedelta(days=30), NOON)


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    """The SQL that runs within the block."""
    statements: list[str] = []

    def listener(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)


def test_a_month_is_read_in_few_statements(database: Database) -> None:
    store(database, *spread(50))
    roll_up(database)
    reports = Reports(database)
    reports.summary(MONTH)
    counts = {}
    for name, filters in {
        "all": Filters(),
        "country": Filters(country="BR"),
        "pair": Filters(country="BR", browser="unknown"),
        "several": Filters(country="BR", page="/3"),
    }.items():
        with counted_statements(database) as statements:
            reports.summary(MONTH, filters)
        counts[name] = len(statements)
    with counted_statements(database) as statements:
        assert reports.choices("country", MONTH)
    assert not [statement for statement in statements if "latest_us" in statement]
    assert counts.pop("pair") <= 8  # one more: whether cells of pairs hold these values
    assert max(counts.values()) <= 7, counts


def test_the_overview_is_read_in_few_statements(database: Database) -> None:
    slow = [
        report(
            (250.0 if days == 3 and minute % 2 else 100.0,) * 20,
            period_end=NOON - timedelta(days=days, minutes=minute),
            country=("DE", "BR")[minute % 2],
        )
        for days in (3, 33, 34)
        for minute in range(60)
    ]
    store(database, *slow)
    roll_up(database)
    alerts = SimpleNamespace(reports=AlertReports(database, lambda: NOON))
    anomalies = SimpleNamespace(reports=AnomalyReports(database))
    services = cast(
        "Services",
        SimpleNamespace(
            reports=Reports(database),
            alerts=alerts,
            anomalies=anomalies,
            now=lambda: NOON,
            load_tests=LoadTestRuns(database, lambda: NOON),
        ),
    )
    view = url_state.read("?range=30d&compare=1")
    with counted_statements(database) as statements:
        overview_data = PAGE.read(services, view, None)
    assert overview_data.before is not None
    assert overview_data.remark is not None
    assert overview_data.remark.labels == {"country": "BR"}, overview_data.remark
    assert overview_data.current.reports
    of_usual = [each for each in statements if "anomaly_series" in each]
    assert len(of_usual) == 1
    of_bands = 3  # of load tests: a setting, the stored runs, and those that nobody stored
    assert len(statements) <= 20 + len(of_usual) + of_bands, len(statements)
