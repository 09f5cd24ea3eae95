"""Closes by engine and round trips by protocol add up to those of all."""

from datetime import timedelta
from typing import Any

import pytest

from analytics.query import not_counted
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports import client_splits
from analytics.reports.reports import Reports
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

DAYS = TimeRange(NOON - timedelta(days=4), NOON)
REPLY: dict[str, Any] = {"reply_buckets": (90,), "reply_counts": (2,), "reply_sum_us": 9}


@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_splits_are_those_of_the_reports(database: Database, *, is_rolled_up: bool) -> None:
    store(
        database,
        report((5,), browser="Chrome 141", close_codes={"1006": 2, "1000": 1}, protocol="phoenix"),
        report(browser="Edge 141", close_codes={"1006": 1}, sample_rate=0.5, country="BR", **REPLY),
        report((7, 8), browser="Safari 26", close_codes={"1006": 1}, protocol="phoenix", **REPLY),
        report((9,), browser=None, close_codes={"4000": 1}, protocol="mqtt"),
    )
    if is_rolled_up:
        roll_up(database, NOON + timedelta(hours=30))
    splits = Reports(database).compared(DAYS, None).splits
    assert splits.closes == {
        "1006": {"Chromium": 4, "WebKit": 1}, "1000": {"Chromium": 1}, "4000": {"Others": 1}
    }  # fmt: skip
    assert splits.protocols is not None
    assert [(each.protocol, each.latency.n, each.reply.n) for each in splits.protocols] == [
        ("phoenix", 3, 2), ("mqtt", 1, 0)
    ]  # fmt: skip
    assert Reports(database).compared(DAYS, None, Filters(country="BR")).splits.closes == {
        "1006": {"Chromium": 2}
    }


def test_what_lacks_cells_by_several_filters_is_not_counted(database: Database) -> None:
    store(database, report(country="BR", page="/a", protocol="phoenix"))
    splits = Reports(database).compared(DAYS, None, Filters(country="BR", page="/a")).splits
    assert splits == client_splits.ClientSplits(
        None, None, not_counted.BY_SEVERAL_DIMENSIONS, not_counted.BY_SEVERAL_DIMENSIONS
    )
