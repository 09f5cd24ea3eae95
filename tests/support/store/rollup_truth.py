"""Compares client rollups with the raw reports."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from analytics.query.arrays import Arrays, key_of
from analytics.query.engine import Engine
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import Coverage
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_summary import SERIES, TOTALS
from analytics.rollups import client_rollup, rollup_round
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

ALL = Filters()
RETENTION = timedelta(days=30)
DAYS = TimeRange(NOON - timedelta(days=4), NOON + timedelta(minutes=3))
TABLES = (
    *("client_minutes", "client_hours", "client_days", "session_hours", "session_days"),
    *("session_state_minutes", "session_state_hours"),
)


def roll_up(database: Database, now: datetime = NOON) -> str:
    """Roll up until nothing is left to do, however long a round takes."""
    aggregator = ClientAggregator(database, lambda _: None)
    with pytest.MonkeyPatch.context() as patient:
        patient.setattr(rollup_round, "LONGEST_SECONDS", 600.0)
        progress = [client_rollup.run(aggregator, now, RETENTION) for _ in range(40)]
    assert progress[-1] == "0 minutes, 0 hours, 0 late hours, 0 cross-table days, 0 pair days"
    return progress[0]


def store(database: Database, *reports: ClientReport) -> None:
    ClientReports(database).insert(reports)


def assert_matches_reports(database: Database, window: TimeRange, filters: Filters = ALL) -> None:
    """What is read equals the sums of the raw reports."""
    query = Query(
        source=SeriesSource.CLIENT, metrics=(*SERIES, *TOTALS), window=window,
        filters={name: (value,) for name, value in filters.active().items()},
    )  # fmt: skip
    assert_equal(*from_cells_and_rows(database, query))


def from_cells_and_rows(database: Database, query: Query) -> tuple[Arrays, Arrays]:
    """The answer as it is planned, and from raw rows alone."""
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query)
        from_rows = replace(plan, coverage=Coverage(at=plan.coverage.at))
        return engine.arrays(plan), engine.arrays(from_rows)


def assert_equal(computed: Arrays, expected: Arrays) -> None:
    """Label sets in any order, all else to the last digit."""
    order = [expected.rows[key_of(labels)] for labels in computed.labels]
    assert sorted(order) == list(range(len(expected.labels)))
    expected = expected.select(order)
    assert (computed.grid, computed.latest) == (expected.grid, expected.latest)
    np.testing.assert_array_equal(computed.observed, expected.observed)
    for name, sums in computed.sums.items():
        np.testing.assert_array_equal(sums, expected.sums[name], err_msg=name)
        np.testing.assert_array_equal(computed.n_of(name), expected.n_of(name), err_msg=name)
    for name, histograms in computed.histograms.items():
        for part in ("counts", "n", "sums_us"):
            pair = getattr(histograms, part), getattr(expected.histograms[name], part)
            np.testing.assert_array_equal(*pair, err_msg=f"{name} {part}")


def fetch(database: Database, query: str) -> list[Any]:
    """The rows of a query."""
    return list(rows(database, query))


def cells(database: Database) -> dict[str, list[Any]]:
    """All cells, sorted."""
    return {
        name: fetch(database, f"SELECT * FROM {name} ORDER BY dimension, value, t, app")
        for name in TABLES
    }


def spread(number: int = 200, *, unsampled: bool = False) -> list[ClientReport]:
    """Reports of three apps over four days, all fields filled; `unsampled`: at sample rate 1."""
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
            sample_rate=1.0 if unsampled else float(rng.choice([1.0, 0.5, 0.3])),
            attempts=int(rng.integers(9)), opened=int(rng.integers(9)), drops=int(rng.integers(3)),
            abnormal_closes=int(rng.integers(2)), sent=int(rng.integers(999)),
            close_codes={"1000": int(rng.integers(3)), "1006": 1},
            recovery_ms=tuple(rng.integers(0, 9000, 2).tolist()),
            page_load_ms=int(rng.integers(100, 9000)), rtt_ms=int(rng.integers(500)),
            cls=float(rng.random()), **_later_fields(rng),
        )
        for _ in range(number)
    ]  # fmt: skip


def _later_fields(rng: np.random.Generator) -> dict[str, Any]:
    """Half of the reports are of monitors from 2.0 on."""
    if rng.integers(2):
        return {}
    return {
        "lost": int(rng.integers(3)), "ended_by_server": int(rng.integers(3)), "replaced": 1,
        "silent_ms": int(rng.integers(9000)), "open_losses": int(rng.integers(2)),
        "close_codes_given": {"4000": 1}, "protocol": ("phoenix", None)[rng.integers(2)],
        "reply_buckets": (50,), "reply_counts": (2,), "reply_sum_us": 4000,
    }  # fmt: skip


FILTERS = (
    Filters(),
    Filters(app="portal"),
    Filters(country="BR"),
    Filters(country="unknown", app="kiosk"),
    Filters(page="/3"),
)
