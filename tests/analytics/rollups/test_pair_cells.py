"""Cells by pairs of dimensions equal the same computed from the reports, late ones included."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.query.read_plan import DAY, floor_to
from analytics.rollups.catch_up import catch_up
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.client_cells import ClientCell, Row
from analytics.rollups.rebuild import rebuild
from analytics.rollups.watermark import without_lease
from models.database.engine import Database
from models.metrics.dimensions import PAIRS, pair_dimension
from models.raw.client_reports import ClientReport
from models.rollups import pair_aggregates, report_aggregates, rollup_store
from models.rollups.client_rollups import client_days, client_pair_days
from tests.support.clock import NOON
from tests.support.store.pair_truth import Figures, Key, expected_cells, stored_cells
from tests.support.store.postgres import truncate_tables
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import RETENTION, spread, store

MOST = 3  # values a side here
HOUR = timedelta(hours=1)
TODAY = floor_to(NOON, DAY)


def of_side(*values: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


def _report(fields: dict[str, Any]) -> ClientReport:
    return report(**fields)


REPORTS = st.fixed_dictionaries(
    {
        "app": st.sampled_from(("portal", "kiosk")),
        "country": of_side(*"ABCDE"),
        "region": of_side(*"KLMNO", "other"),
        "effective_type": of_side("2g", "3g", "4g", "slow-2g"),
        "browser": of_side(*"STUVW", "unknown"),
        "release": of_side(*"12345"),
        "sample_rate": st.sampled_from((1.0, 0.5, 0.3)),
        "sent": st.integers(0, 9),
        "drops": st.integers(0, 3),
        "close_codes": st.dictionaries(st.sampled_from(("1000", "1006")), st.integers(1, 3)),
        "latency_ms": st.lists(st.floats(0.1, 900), max_size=3).map(tuple),
        "period_end": st.integers(0, 45 * 60).map(lambda m: NOON - timedelta(minutes=m)),
    }
).map(_report)


def covered(database: Database) -> tuple[datetime, datetime, list[datetime]]:
    """The days that have cells, as start and end, and those of them that are stale."""
    days = ClientAggregator(database, without_lease).pairs.days()
    return days.start or TODAY, days.end or TODAY, [*days.stale]


def fresh_cells(cells: dict[Key, Figures], stale: list[datetime]) -> dict[Key, Figures]:
    return {key: figures for key, figures in cells.items() if key[2] not in stale}


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.lists(REPORTS, min_size=1, max_size=25),
    late=st.lists(REPORTS, max_size=8),
    portion=st.sampled_from((60, report_aggregates.BYTES_AT_ONCE)),
)
def test_rebuilt_cells_are_those_of_the_reports(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch,
    first: list[ClientReport], late: list[ClientReport], portion: int,
) -> None:  # fmt: skip
    truncate_tables(database_url)
    monkeypatch.setattr(pair_aggregates, "MOST_VALUES", MOST)
    monkeypatch.setattr(report_aggregates, "BYTES_AT_ONCE", portion)
    stored: list[ClientReport] = []
    for hours, reports in enumerate((first, late, [])):
        store(database, *reports)
        stored += reports
        catch_up(database, NOON + hours * HOUR, RETENTION, lambda _: None)
        start, end, stale = covered(database)
        expected = expected_cells(stored, MOST, start, end)
        assert fresh_cells(stored_cells(database), stale) == fresh_cells(expected, stale)
    assert (end, stale) == (TODAY, [])
    rebuild(database, lambda _: None)
    start, end, _ = covered(database)
    assert stored_cells(database) == expected_cells(stored, MOST, start, end)


def test_the_cells_of_a_pair_add_up_to_the_total_cell_of_the_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_aggregates, "BYTES_AT_ONCE", 999)
    store(database, *spread(120))
    catch_up(database, NOON, RETENTION, lambda _: None)
    days = (TODAY - 9 * DAY, TODAY)
    with database.transaction() as connection:
        cells = rollup_store.cells(connection, client_days, *days)
        of_pairs = rollup_store.cells(connection, client_pair_days, *days)
    totals = _sums(row for row in cells if row["dimension"] == "")
    assert len(totals) > 9
    for dimension in map(pair_dimension, PAIRS):
        assert _sums(row for row in of_pairs if row["dimension"] == dimension) == totals


def _sums(cells: Iterable[Row]) -> dict[tuple[datetime, str], Row]:
    """The sums of cells by day and app, without the sessions, which pairs do not tell."""
    sums: dict[tuple[datetime, str], ClientCell] = {}
    for row in cells:
        sums.setdefault((row["t"], row["app"]), ClientCell()).add_cell(row)
    rows = {key: cell.as_row(("", "", *key)) for key, cell in sums.items()}
    return {key: row | {"largest_sessions": None} for key, row in rows.items()}
