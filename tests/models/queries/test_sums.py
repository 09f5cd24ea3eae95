"""Sums per step and value: from raw rows and cells alike, of the largest value sets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.database.engine import Database
from models.metrics.grid import Grid
from models.metrics.intervals import ReadPlan
from models.queries import columns, coverage, labels, pairs, sessions, sums
from models.queries.selection import ACTIVE, CLIENT, CUBE, PAIR, SERVER, SESSIONS, WORKER, Selection
from models.queries.snapshot import now, snapshot
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.postgres import truncate_tables
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START, END = NOON - 2 * HOUR, NOON
GRID = Grid.uniform(START, 3600, 2)
RAW = ReadPlan(raw=[(START, END)])
CELLS = ReadPlan(hours=[(START, END)])
HALVES = ReadPlan(hours=[(START, START + HOUR)], raw=[(START + HOUR, END)])
PLANS: tuple[ReadPlan, ...] = (RAW, CELLS, HALVES)
REPORTS: tuple[tuple[float, dict[str, Any]], ...] = (
    (-0.001, {"sent": 1000}),
    (0, {"country": "BR", "page": "/a", "sent": 3, "close_codes": {"1006": 2}, "cls": 0.5}),
    (59, {"country": "BR", "page": "/b", "sent": 4, "sample_rate": 0.5,
          "close_codes": {"1000": 1}}),
    (10, {"country": "DE", "page": "/a", "sent": 5, "custom": {"cart": 2.0}, "app": "kiosk"}),
    (60, {"page": "/a", "sent": 6, "effective_type": "4g", "recovery_ms": (5, 7)}),
    (61, {"country": "BR", "sent": 7, "sample_rate": 0.5, "cls": 0.25, "abnormal_closes": 1}),
    (119.9, {"country": "BR", "page": "/a", "sent": 8, "close_codes": {"1006": 1, "a/b": 1}}),
    (120, {"sent": 1000}),
)  # fmt: skip
SAMPLES: tuple[dict[str, Any], ...] = (
    {"opened": 3, "active": 2, "closed": {"1006/nobody": 1, "1006": 2, "1000/client": 4}},
    {"by_type": {"chat/room": (16, 32)}, "errors": {"not-json": 7}, "service": "chat"},
    {"app": None, "opened": 100, "cpu_ms": 70, "memory_bytes": 9, "instance": "p"},
)


@pytest.fixture(scope="module")
def stored(database_url: str) -> Iterator[Database]:
    """Reports of two hours and around them, rolled up, and three samples."""
    truncate_tables(database_url)
    database = Database(database_url)
    ClientReports(database).insert(
        [
            report(period_end=START + at * MINUTE, session_id=UUID(int=number % 5 + 1), **fields)
            for number, (at, fields) in enumerate(REPORTS)
        ]
    )
    ServerSamples(database).insert([sample(**fields) for fields in SAMPLES])
    roll_up(database, NOON + 2 * HOUR)
    yield database
    database.dispose()


def selection(pieces: ReadPlan = RAW, **fields: Any) -> Selection:
    defaults: dict[str, Any] = {"family": CLIENT, "grid": GRID, "pieces": pieces}
    return Selection(**defaults | fields)


def read(database: Database, of: Selection, *names: str) -> dict[Any, tuple[float, ...]]:
    """Weighted sums by step and value."""
    totals: dict[Any, list[float]] = {}
    with snapshot(database) as connection:
        counted = sums.sum_rows(connection, of, names, ())
    groups = len(of.group_by)
    for row in counted.rows:
        by_name = dict(zip(counted.columns, row, strict=True))
        key = (row[0], *row[2 : 2 + groups]) if groups else row[0]
        total = totals.setdefault(key, [0.0] * len(names))
        for n in range(len(names)):
            total[n] += float(by_name[f"s{n}"] or 0) / float(by_name["rate"])
    return {key: tuple(values) for key, values in sorted(totals.items())}


def test_steps_are_half_open_and_alike_from_rows_and_cells(stored: Database) -> None:
    cases: list[tuple[dict[str, tuple[str, ...]], dict[Any, tuple[float, ...]]]] = [
        ({}, {0: (16,), 1: (28,)}),
        ({"country": ("BR",)}, {0: (11,), 1: (22,)}),
        ({"country": ("unknown", "DE")}, {0: (5,), 1: (6,)}),
        ({"app": ("kiosk",)}, {0: (5,)}),
        ({"app": ("portal", "kiosk"), "page": ("/a",)}, {0: (8,), 1: (14,)}),
        ({"page": ("' OR true --",)}, {}),
    ]
    for filters, expected in cases:
        of = [read(stored, selection(plan, filters=filters), "sent") for plan in PLANS]
        assert of == [expected] * 3, filters


@pytest.mark.parametrize("rows_a_step", [1, 4], ids=["limited by the store", "few rows"])
def test_only_the_largest_value_sets_are_read_in_all_their_steps(
    stored: Database, rows_a_step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "MOST_ROWS_A_STEP", rows_a_step)
    largest = [
        read(stored, selection(plan, group_by=("country",), most=1), "sent") for plan in PLANS
    ]
    assert largest == [{(0, "BR"): (11,), (1, "BR"): (22,)}] * 3


def test_gauges_custom_values_and_labels_come_with_their_number(stored: Database) -> None:
    names = ("cls", "cls_n", "rtt_ms_n", "close_codes", "close_codes\x1f1006", "recovered_soon")
    expected = {0: (0.5, 1, 0, 4, 2, 0), 1: (0.5, 2, 0, 2, 1, 2)}
    assert [read(stored, selection(plan), *names) for plan in PLANS] == [expected] * 3
    assert read(stored, selection(), "custom.cart", "custom.cart_n")[0] == (2, 1)


@pytest.mark.parametrize(
    "name", ["sent; DROP TABLE alerts", "custom.a'b", "samples", "close\x1f1006"]
)
def test_a_sum_of_no_column_is_refused_before_any_statement(name: str) -> None:
    with pytest.raises(LookupError):
        columns.sum_of(CLIENT, name, "s")


def test_columns_without_cells_are_recognised() -> None:
    assert columns.in_cells(CLIENT, ["sent", "cls", "watched_ms"])
    assert not columns.in_cells(WORKER, ["memory_bytes"])
    assert columns.in_cells(CUBE, ["sent"])
    with pytest.raises(LookupError, match="not counted in cube"):
        columns.in_cells(CUBE, ["close_codes"])
    assert (columns.has_n(CLIENT, "sent"), columns.has_n(CLIENT, "drops")) == (True, False)


def test_only_dimensions_of_the_family_can_be_read() -> None:
    for fields in ({"filters": {"session_id": ("x",)}}, {"group_by": ("1 = 1 OR app",)}):
        with pytest.raises(ValueError, match="can be told apart"):
            selection(**fields)
    with pytest.raises(ValueError, match="only app, service"):
        selection(family=SERVER, group_by=("country",))
    of_pair = selection(family=PAIR, filters={"browser": ("x",)}, group_by=("country",))
    assert of_pair.of_cells()[1] == {"dimension": "country+browser"}


def test_labels_are_split_by_either_part_and_may_hold_a_slash(stored: Database) -> None:
    servers = selection(RAW, family=SERVER, grid=Grid((START, END)))
    amounts: dict[tuple[str, int], dict[str, float]] = {}
    with snapshot(stored) as connection:
        for name, part in (("closed\x1f\x1f", 0), ("closed\x1f\x1f", 1), ("sent_by_type", 0)):
            rows = labels.by_label(connection, servers, name, part)
            amounts[name, part] = {label: amount for _, _, label, amount in rows}
        codes = [
            sorted(
                map(tuple, labels.by_label(connection, selection(plan, most=2), "close_codes", 0))
            )
            for plan in (CELLS, HALVES)
        ]
    assert amounts == {
        ("closed\x1f\x1f", 0): {"1006": 3, "1000": 4},
        ("closed\x1f\x1f", 1): {"nobody": 1, "unknown": 2, "client": 4},
        ("sent_by_type", 0): {"chat/room": 16},
    }
    assert codes[0][0] == (0, 1.0, "1000", 2)
    assert {row[2] for each in codes for row in each} == {"1000", "1006"}


def test_totals_by_label_come_largest_first(stored: Database) -> None:
    with snapshot(stored) as connection:
        totals = [
            labels.label_totals(connection, selection(plan), ["close_codes", "networks"])
            for plan in PLANS
        ]
    assert [list(each["close_codes"].items()) for each in totals] == [
        [("1006", 3), ("1000", 2), ("a/b", 1)]
    ] * 3
    assert [each["networks"] for each in totals] == [{"unknown": 5, "4g": 1}] * 3


def test_sessions_start_alike_in_rows_and_cells_and_are_carried_over(stored: Database) -> None:
    plans = (RAW, CELLS, ReadPlan(minutes=[(START, END)]))
    names = ("sessions", "calm_sessions")
    with snapshot(stored) as connection:
        started = [
            sums.sum_rows(
                connection, selection(plan, family=SESSIONS), names, before=sessions.CARRIED_OVER
            )
            for plan in plans
        ]
        last = sums.sum_rows(connection, sessions.by_last_report(selection()), names)
        since = ReadPlan(raw=[(START, END + HOUR)])
        active = sums.sum_rows(connection, selection(since, family=ACTIVE), ("active_sessions",))
    # Sessions 1 and 3 report again; session 1 began before the range.
    assert [sorted((row[0], row[3], row[5]) for row in each.rows) for each in started] == [
        [(-1, 1, 0), (0, 3, 3), (1, 1, 1)]
    ] * 3
    assert sum(row[3] for row in last.rows) == sum(row[3] for row in active.rows) == 5


def test_sessions_are_read_from_rows_only_while_these_are_few(stored: Database) -> None:
    filters = {"country": ("BR",)}
    counted: list[tuple[int, int]] = []
    complete: list[bool] = []
    with snapshot(stored) as connection:
        for plan in (RAW, HALVES):
            for most in (4, 3, 2, 1):
                of = selection(plan, filters=filters)
                read_rows = sums.sum_rows(connection, of, ("sent",), sessions_of=most)
                by_session = [row for row in read_rows.sessions if row[2] is not None]
                counted.append((len(by_session), len(read_rows.sessions) - len(by_session)))
                complete.append(read_rows.has_all_sessions)
    assert counted == [(4, 0), (0, 0), (0, 0), (0, 0), (2, 1), (2, 1), (2, 1), (0, 1)]
    assert complete == [True, False, False, False, True, True, True, False]


def test_cells_of_pairs_that_lack_reports_of_a_value_are_noticed(stored: Database) -> None:
    day = START.replace(hour=0)
    with snapshot(stored) as connection:
        for filters, expected in (({"country": ("none",)}, True), ({"page": ("/a",)}, True)):
            days = [(day, day + 24 * HOUR)]
            assert pairs.hold_all(connection, ("country", "browser"), filters, days) is expected


def test_coverage_and_the_clock_are_of_the_snapshot(stored: Database) -> None:
    with snapshot(stored) as connection:
        at = now(connection)
        row = coverage.coverage(connection, "client", START, END, START, filters={})
        ClientReports(stored).insert([report(period_end=START)])
        again = coverage.coverage(connection, "client", START, END, START, filters={})
        servers = coverage.coverage(connection, "server", START, END, None, filters={})
    assert (row, row["at"]) == (again, at)
    assert row["complete_until"] == NOON + HOUR
    assert row["counted_hours"] == [START, START + HOUR]
    assert servers["complete_until"] is None
