"""The table's entries: their Flask rules, and series as CSV."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from ingest.api import ROUTES
from ingest.routing import route, series_table
from tests.support.clock import NOON


class Point(msgspec.Struct):
    """A step of a series."""

    t: datetime
    n: int
    p95: float | None


@dataclass(frozen=True)
class Report:
    """An hour of points."""

    start: datetime
    end: datetime
    series: list[Point]


def test_the_rule_reads_every_id_of_the_path() -> None:
    assert not [each.rule for each in ROUTES if "{" in each.rule]
    rules = {each.path: each.rule for each in ROUTES}
    assert rules["/api/ws/alerts/{alert_id}"] == "/api/ws/alerts/<int:alert_id>"
    assert rules["/api/ws/exports/{export_id}/file"] == "/api/ws/exports/<uuid:export_id>/file"


def test_every_json_reader_can_hold_the_largest_id() -> None:
    assert float(route.LARGEST_ID) == route.LARGEST_ID
    assert float(route.LARGEST_ID + 2) != route.LARGEST_ID + 2


def test_access_has_an_entry_per_route() -> None:
    assert len(route.access(ROUTES)) == len(ROUTES)


def test_a_series_has_a_row_per_step_and_units_in_its_header() -> None:
    hour = Report(NOON - timedelta(hours=1), NOON, [Point(NOON, 3, None)])
    table = series_table.series_table("things", Point, hour)
    assert table.name == "things_20260302T1100Z_20260302T1200Z.csv"
    assert (table.header, table.rows) == (["t", "n", "p95_ms"], [[NOON, 3, None]])
