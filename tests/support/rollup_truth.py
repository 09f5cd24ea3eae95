"""Holds rollups of reports against the reports themselves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from analytics.query.client_reader import ClientReader
from analytics.query.read_plan import Plan
from analytics.query.step_sums import DURATIONS, Steps
from analytics.ranges.timerange import Filters, TimeRange
from analytics.rollups import client_rollup
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database
from models.queries.report_queries import ReportQueries, snapshot
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.conftest import NOON
from tests.models.raw.test_client_reports import rows
from tests.support.report_factory import report

ALL = Filters()
KEPT = timedelta(days=30)
DAYS = TimeRange(NOON - timedelta(days=4), NOON + timedelta(minutes=3))
TABLES = ("client_minutes", "client_hours", "client_days", "session_hours", "session_days")


def roll(database: Database, now: datetime = NOON) -> str:
    """Roll up until nothing is left to do."""
    roller = ClientAggregator(database, lambda _: None)
    said = [client_rollup.run(roller, now, KEPT) for _ in range(40)]
    assert said[-1] == "0 minutes, 0 hours, 0 late hours, 0 crossed days"
    return said[0]


def store(database: Database, *given_reports: ClientReport) -> None:
    ClientReports(database).insert(given_reports)


def assert_true(database: Database, window: TimeRange, filters: Filters = ALL) -> None:
    """What is read equals what the reports themselves add up to."""
    with snapshot(database) as connection:
        reading = ClientReader(connection, window, filters)
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
