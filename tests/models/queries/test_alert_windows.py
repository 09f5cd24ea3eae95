"""Sums for alert rules from raw rows: each compared with a plain count over a few rows."""

from datetime import timedelta
from typing import Any

import pytest

from models.database.engine import Database
from models.queries import alert_windows
from models.queries.alert_windows import WindowQuery, WindowRows
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

MINUTE = timedelta(minutes=1)
START = NOON + timedelta(seconds=17)  # windows slide: steps begin at no full minute


def query(source: str = "client", **fields: Any) -> WindowQuery:
    defaults: dict[str, Any] = {
        "dimensions": (), "sums": ("reports",), "durations": (), "start": START,
        "end": START + 3 * MINUTE, "step": MINUTE,
    }  # fmt: skip
    return WindowQuery(source, **defaults | fields)


def read(database: Database, windows: WindowQuery) -> WindowRows:
    with database.transaction() as connection:
        return alert_windows.window_rows(connection, windows)


def store(database: Database, *values: dict[str, Any]) -> None:
    """Reports that end `at` seconds after the start."""
    reports = [
        report(period_end=START + timedelta(seconds=each.pop("at", 0)), **each) for each in values
    ]
    ClientReports(database).insert(reports)


def test_steps_are_numbered_from_the_start_and_half_open(database: Database) -> None:
    store(database, *({"at": at} for at in (-0.001, 0, 59.999, 60, 179.9, 180)))
    counted = read(database, query())
    assert sorted(map(tuple, counted.rows)) == [(0, 1.0, 2), (1, 1.0, 1), (2, 1.0, 1)]
    assert counted.latest == START + timedelta(seconds=179.9)


def test_sums_are_per_value_and_sample_rate(database: Database) -> None:
    br = {"country": "BR", "sent": 5}
    store(database, br, br, br | {"sample_rate": 0.5, "sent": 7}, {"sent": 11})
    counted = read(database, query(dimensions=("country",), sums=("sent", "reports")))
    assert sorted(map(tuple, counted.rows)) == [
        (0, 0.5, "BR", 7, 1), (0, 1.0, "BR", 10, 2), (0, 1.0, "unknown", 11, 1)
    ]  # fmt: skip


def test_only_the_largest_label_sets_are_read_in_all_their_steps(database: Database) -> None:
    pages = [("/a", 0), ("/b", 0), ("/b", 61), ("/c", 0), ("/c", 1), ("/c", 61)]
    store(database, *({"page": page, "at": at} for page, at in pages))
    counted = read(database, query(dimensions=("page",), most=2))
    assert sorted(map(tuple, counted.rows)) == [
        (0, 1.0, "/b", 1), (0, 1.0, "/c", 2), (1, 1.0, "/b", 1), (1, 1.0, "/c", 1)
    ]  # fmt: skip


def test_gauges_and_custom_values_come_with_their_number(database: Database) -> None:
    store(database, {"cls": 0.5, "custom": {"cart": 2.0}}, {"custom": {"cart": 3.0}}, {"cls": 0.25})
    names = ("cls", "cls_n", "custom.cart", "custom.cart_n", "custom.none", "custom.none_n")
    (row,) = read(database, query(sums=names)).rows
    assert row[2:] == (0.75, 2, 5.0, 2, None, 0)


def test_durations_are_joined(database: Database) -> None:
    store(database, {"recovery_ms": (5, 7), "latency_ms": (40.0,)}, {"recovery_ms": (9,)}, {})
    (row,) = read(database, query(durations=("recovery_ms", "latency"))).rows
    assert sorted(row[3].split(",")) == ["5", "7", "9"]
    assert len(bytes(row[4])) == 6  # a bucket and its count


def test_samples_of_processes_count_unless_split_by_app(database: Database) -> None:
    end = START + timedelta(seconds=5)
    ServerSamples(database).insert(
        [sample(period_end=end, app=app, opened=3, active=2) for app in ("portal", None)]
    )
    sums = ("samples", "opened", "active_x_ms", "covered_ms")
    assert read(database, query("server", sums=sums)).rows == [(0, 1.0, 2, 6, 20_000, 5000)]
    by_app = read(database, query("server", sums=sums, dimensions=("app",)))
    assert by_app.rows == [(0, 1.0, "portal", 1, 3, 10_000, 5000)]


def test_no_rows_have_no_latest(database: Database) -> None:
    assert read(database, query()) == WindowRows([], None)


UNKNOWN: list[tuple[str, dict[str, Any], str]] = [
    ("client", {"sums": ("sent; DROP TABLE alerts",)}, "nothing is called 'sent; DROP"),
    ("client", {"sums": ("custom.a'b",)}, "nothing is called"),
    ("client", {"sums": ("samples",)}, "nothing is called 'samples'"),
    ("server", {"sums": ("custom.cart",)}, "nothing is called"),
    ("client", {"dimensions": ("session_id",)}, r"only app, country.* can be told apart"),
    ("server", {"dimensions": ("country",)}, "only app, service can be told apart"),
]


def test_what_is_unknown_is_refused_before_any_statement(database: Database) -> None:
    for source, fields, fault in UNKNOWN:
        with pytest.raises(ValueError, match=fault):
            read(database, query(source, **fields))


def test_a_source_has_data_within_a_half_open_range(database: Database) -> None:
    store(database, {})
    ranges = ((START, START + MINUTE), (START - MINUTE, START))
    with database.transaction() as connection:
        browsers = [alert_windows.has_data(connection, "client", *each) for each in ranges]
        servers = alert_windows.has_data(connection, "server", *ranges[0])
    assert (browsers, servers) == ([True, False], False)
