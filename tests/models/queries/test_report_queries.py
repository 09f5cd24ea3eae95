"""Queries about browsers: cells and reports give the same, and values are ranked."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from analytics.query.read_plan import ReadPlan
from models.database.engine import Database
from models.metrics.intervals import LevelIntervals, RawOnly
from models.queries import report_queries
from models.queries.report_queries import ReportQueries, snapshot
from models.queries.report_scope import ReportScope
from models.queries.series_queries import SeriesQueries
from models.raw.report_insert import ClientReports
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
START, END = NOON - 2 * HOUR, NOON
RAW = RawOnly(START, END)
CELLS = ReadPlan(hours=[(START, END)])
HALVES = ReadPlan(hours=[(START, START + HOUR)], raw=[(START + HOUR, END)])
PLANS: tuple[LevelIntervals, ...] = (RAW, CELLS, HALVES)


@pytest.fixture
def stored(database: Database) -> Database:
    """Six reports of two hours, two of them sampled, rolled up."""
    reports = [
        {"country": "BR", "page": "/a", "sent": 3, "close_codes": {"1006": 2}, "cls": 0.5},
        {"country": "BR", "page": "/b", "sent": 4, "sample_rate": 0.5, "close_codes": {"1000": 1}},
        {"country": "DE", "page": "/a", "sent": 5, "custom": {"cart": 2.0}, "app": "kiosk"},
        {"page": "/a", "sent": 6, "effective_type": "4g", "latency_ms": (40.0,)},
        {"country": "BR", "sent": 7, "sample_rate": 0.5, "cls": 0.25, "custom": {"cart": 3.0}},
        {"country": "BR", "page": "/a", "sent": 8, "close_codes": {"1006": 1}},
    ]
    ends = (0, 59, 10, 60, 61, 119)
    ClientReports(database).insert(
        [
            report(period_end=START + timedelta(minutes=end), **values)  # type: ignore[arg-type]  # values of any field
            for end, values in zip(ends, reports, strict=True)
        ]
    )  # fmt: skip
    roll_up(database, NOON + 2 * HOUR)
    return database


def queries(connection: Any, plan: LevelIntervals, **filters: str | None) -> SeriesQueries:
    return SeriesQueries(connection, ReportScope(START, END, HOUR, START, filters), plan)


def sent_by_step(database: Database, plan: LevelIntervals, **filters: str | None) -> list[float]:
    """Weighted messages of each hour."""
    steps: Counter[Any] = Counter()
    with snapshot(database) as connection:
        asking = queries(connection, plan, **filters)
        for row in asking.raw_sums():
            steps[row["t"]] += row["sent"] / row["sample_rate"]
        for row in asking.cell_sums():
            steps[row["t"]] += row["sent"]
    return [steps[START], steps[START + HOUR]]


def test_sums_are_the_same_from_cells_and_reports(stored: Database) -> None:
    cases: list[tuple[dict[str, str | None], list[float]]] = [
        ({}, [16, 28]),
        ({"country": "BR"}, [11, 22]),
        ({"country": None}, [0, 6]),
        ({"app": "kiosk"}, [5, 0]),
        ({"app": "portal", "page": "/a"}, [3, 14]),
        ({"page": "' OR true --"}, [0, 0]),
    ]
    for filters, expected in cases:
        assert [sent_by_step(stored, plan, **filters) for plan in PLANS] == [expected] * 3, filters


def test_close_codes_are_weighted_and_ranked(stored: Database) -> None:
    with snapshot(stored) as connection:
        codes = [queries(connection, plan).close_codes() for plan in PLANS]
        of_country = [queries(connection, plan, country="DE").close_codes() for plan in PLANS]
    assert codes == [[{"code": "1006", "count": 3.0}, {"code": "1000", "count": 2.0}]] * 3
    assert of_country == [[]] * 3


def test_networks_are_counted_with_the_unknown_ones(stored: Database) -> None:
    with snapshot(stored) as connection:
        networks = [queries(connection, plan).networks() for plan in PLANS]
    assert networks == [[{"value": "unknown", "reports": 5}, {"value": "4g", "reports": 1}]] * 3


def test_values_are_ranked_as_a_plain_count_ranks_them(stored: Database) -> None:
    for dimension in ("app", "country", "page"):
        plain = rows(
            stored,
            f"SELECT coalesce({dimension}, 'unknown') AS v, count(*) FROM client_reports "
            "GROUP BY 1 ORDER BY 2 DESC, 1",
        )
        with snapshot(stored) as connection:
            ranked = [queries(connection, plan).top_values(dimension) for plan in PLANS]
        assert [[(row["value"], row["reports"]) for row in each] for each in ranked] == [plain] * 3


def test_values_are_limited_to_the_most_frequent(
    stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_queries, "MOST_VALUES", 1)
    with snapshot(stored) as connection:
        assert queries(connection, RAW).top_values("country") == [{"value": "BR", "reports": 4}]
        with pytest.raises(ValueError, match="'session_id' is not one of"):
            queries(connection, RAW).top_values("session_id")


def test_closes_of_each_step_are_weighted(stored: Database) -> None:
    with snapshot(stored) as connection:
        closes = [queries(connection, plan).closes() for plan in PLANS]
    assert closes == [[{"t": START, "count": 4.0}, {"t": START + HOUR, "count": 1.0}]] * 3


def test_gauges_are_weighted_sums(stored: Database) -> None:
    with snapshot(stored) as connection:
        measures = [queries(connection, plan).measures(["cls", "rtt_ms"], []) for plan in PLANS]
    gauge = {"name": "cls", "n": 1, "total": 0.5}
    first, second = {"t": START, "weight": 1} | gauge, {"t": START + HOUR, "weight": 2} | gauge
    assert measures == [[first, second]] * 3


def test_custom_values_are_weighted_and_their_names_bound(stored: Database) -> None:
    with snapshot(stored) as connection:
        measures = queries(connection, RAW).measures([], ["cart", "a'b", ":custom0"])
    counted = [(m["t"], m["name"], m["n"], m["weight"], m["total"]) for m in measures]
    assert counted == [(START, "cart", 1, 1, 2.0), (START + HOUR, "cart", 1, 2, 6.0)]


def test_an_unknown_column_is_refused(stored: Database) -> None:
    with snapshot(stored) as connection, pytest.raises(ValueError, match="are not all columns"):
        queries(connection, RAW).measures(["cls) --"], [])


def test_a_snapshot_does_not_see_what_is_stored_meanwhile_and_writes_nothing(
    stored: Database,
) -> None:
    with snapshot(stored) as connection:
        before = ReportQueries(connection, ReportScope(START, END, HOUR, START), RAW).raw_sums()
        ClientReports(stored).insert([report(period_end=START)])
        assert queries(connection, RAW).raw_sums() == before
        assert report_queries.now(connection) <= report_queries.now(connection)
