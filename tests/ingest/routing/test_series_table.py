"""Series as CSV: units in the header, and why cells are empty."""

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from ingest.routing.series_table import series_table

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


class Point(msgspec.Struct):
    drops: int
    p95: float | None


@dataclass
class Report:
    start: datetime
    end: datetime
    series: list[Point]


REPORT = Report(START, END, [Point(3, 40.0), Point(0, None)])


def test_durations_are_named_by_their_unit_and_the_file_by_its_range() -> None:
    table = series_table("client", Point, REPORT)
    assert table.name == "client_20260301T0000Z_20260302T0000Z.csv"
    assert (table.header, table.rows) == (["drops", "p95_ms"], [[3, 40.0], [0, None]])


def test_what_was_not_counted_has_its_reason_beside_the_empty_cells() -> None:
    reasons = {"latency_ms": "Daily counts only.", "setup_ms": "Daily counts only."}
    table = series_table("client", Point, REPORT, reasons)
    assert table.header[-1] == "not_counted"
    assert {row[-1] for row in table.rows} == {"latency_ms, setup_ms: Daily counts only."}
