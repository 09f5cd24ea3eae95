"""Sums for previews of rules: cells have what the raw rows add up to."""

from datetime import timedelta
from typing import Any

import pytest

from models.database.engine import Database
from models.queries.alert_rollups import cell_scope, has_cells, rollup_rows
from models.queries.alert_windows import WindowQuery
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
START = NOON - 2 * HOUR


def query(source: str = "client", **fields: Any) -> WindowQuery:
    defaults: dict[str, Any] = {
        "dimensions": (), "sums": ("reports",), "durations": (), "start": START, "end": NOON,
        "step": HOUR,
    }  # fmt: skip
    return WindowQuery(source, **defaults | fields)


def read(database: Database, windows: WindowQuery) -> list[tuple[Any, ...]]:
    with database.transaction() as connection:
        return sorted(tuple(row) for row in rollup_rows(connection, windows))


def store(database: Database, *values: dict[str, Any]) -> None:
    """Reports that end `at` minutes after the start, rolled up."""
    reports = [report(period_end=START + each.pop("at", 0) * MINUTE, **each) for each in values]
    ClientReports(database).insert(reports)
    roll_up(database, NOON + HOUR)


def test_a_sum_is_weighted_and_its_number_is_not(database: Database) -> None:
    store(database, {"sent": 3}, {"sent": 4, "sample_rate": 0.5}, {"sent": 5, "at": 60})
    assert read(database, query(sums=("sent", "reports"))) == [
        (0, 11.0, 7, 2, 2),
        (1, 5.0, 5, 1, 1),
    ]


def test_minutes_are_read_for_steps_below_an_hour(database: Database) -> None:
    store(database, {"at": 90}, {"at": 91}, {"at": 100})
    counted = read(database, query(step=10 * MINUTE))
    assert [row[:2] for row in counted] == [(9, 2), (10, 1)]


def test_a_dimension_is_read_by_its_values(database: Database) -> None:
    store(database, {"country": "BR"}, {"country": "BR"}, {}, {"country": "DE"})
    counted = read(database, query(dimensions=("country",), most=2))
    assert counted == [(0, "BR", 2, 2), (0, "DE", 1, 1)]
    by_app = read(database, query(dimensions=("app", "country"), most=1))
    assert by_app == [(0, "portal", "BR", 2, 2)]


def test_gauges_and_labels_are_in_cells_and_absent_values_add_nothing(database: Database) -> None:
    store(
        database,
        {"cls": 0.5, "close_codes": {"1006": 3}, "sample_rate": 0.5},
        {"cls": 0.25},
    )
    names = ("cls", "cls_n", "rtt_ms", "custom.none", "close_codes\x1f1006")
    (row,) = read(database, query(sums=names))
    assert row[1::2] == (1.25, 3, 0, 0, 6.0)
    assert row[4] == 2  # reports with a value


def test_histograms_come_with_their_number(database: Database) -> None:
    store(database, {"latency_ms": (40.0, 50.0), "sample_rate": 0.5}, {"recovery_ms": (900,)})
    (row,) = read(database, query(sums=(), durations=("latency", "recovery_ms")))
    assert (len(bytes(row[1])), row[2], row[4]) == (12, 2, 1)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (query(sums=("sent", "cls", "cls_n", "custom.a", "watched_ms")), True),
        (query(sums=("sessions",)), False),
        (query(dimensions=("app", "country")), True),
        (query(dimensions=("country", "page")), False),
        (query("server", sums=("active_x_ms", "covered_ms", "closed", "samples")), True),
        (query("server", sums=("cpu_ms",)), False),
        (query("server", sums=(), durations=("loop_lag",)), False),
    ],
)
def test_a_query_that_no_cell_answers_is_recognised(windows: WindowQuery, expected: bool) -> None:
    assert has_cells(windows) is expected


@pytest.mark.parametrize(
    ("windows", "table"),
    [
        (query(step=MINUTE), "client_minutes"),
        (query(step=MINUTE, dimensions=("app",)), "client_minutes"),
        (query(step=MINUTE, dimensions=("page",)), "client_hours"),
        (query("server", step=2 * HOUR), "server_hours"),
    ],
)
def test_the_table_is_that_of_the_step(windows: WindowQuery, table: str) -> None:
    assert cell_scope(windows).table == table
