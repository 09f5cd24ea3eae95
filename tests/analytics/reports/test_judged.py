"""Kinds of ends beside reports that tell none: not counted, or counted with the reason."""

from datetime import timedelta
from typing import Any

import pytest

from analytics.query import not_counted
from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import Summary
from analytics.reports.reports import Reports
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)
MARK = NOON - timedelta(minutes=20)
OLD: dict[str, Any] = {"drops": 2, "downtime_ms": 900, "period_end": NOON - timedelta(minutes=50)}
NEW: dict[str, Any] = {
    "drops": 3, "lost": 2, "ended_by_server": 1, "replaced": 4, "never_back": 1, "abandoned": 5,
    "silent_ms": 700, "downtime_ms": 100, "downtime_hidden_ms": 60, "suspended_ms": 50,
    "reply_buckets": (90,), "reply_counts": (3,), "reply_sum_us": 9000,
    "close_codes_given": {"4000": 2}, "period_end": MARK + timedelta(seconds=30),
}  # fmt: skip
KINDS = ("lost", "ended_by_server", "replaced", "never_back", "abandoned", "silent_ms")


@pytest.fixture(params=[False, True], ids=["reports", "cells"])
def is_rolled_up(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def summary(database: Database, *fields: dict[str, Any], is_rolled_up: bool) -> Summary:
    store(database, *(report(**each) for each in fields))
    if is_rolled_up:
        roll_up(database, NOON + timedelta(minutes=5))
    return Reports(database).summary(HOUR)


def test_old_reports_tell_no_kinds(database: Database, *, is_rolled_up: bool) -> None:
    answered = summary(database, OLD, is_rolled_up=is_rolled_up)
    kinds = [getattr(answered.connection, name) for name in (*KINDS, "without_connection_ms")]
    assert {*kinds, answered.reply_ms, answered.connection.close_codes_given} == {None}
    assert answered.not_counted["connection.lost"] == str(not_counted.BEFORE_KINDS)
    assert (answered.connection.drops, answered.judged_reports, answered.judged_from) == (
        2,
        0,
        None,
    )


def test_new_reports_tell_all(database: Database, *, is_rolled_up: bool) -> None:
    answered = summary(database, NEW, is_rolled_up=is_rolled_up)
    connection = answered.connection
    assert [getattr(connection, name) for name in KINDS] == [NEW[name] for name in KINDS]
    assert (connection.without_connection_ms, connection.downtime_hidden_ms) == (800, 60)
    assert connection.close_codes_given == {"4000": 2}
    assert answered.reply_ms is not None
    assert (answered.reply_ms.n, answered.not_counted, answered.judged_from) == (3, {}, None)
    assert [(point.lost, point.reply_n) for point in answered.series] == [(2, 3)]


def test_both_are_counted_with_the_mark(database: Database, *, is_rolled_up: bool) -> None:
    answered = summary(database, OLD, NEW, is_rolled_up=is_rolled_up)
    assert (answered.connection.lost, answered.connection.drops) == (2, 5)
    assert (answered.judged_reports, answered.judged_from) == (1, MARK)
    assert (
        f"1 of 2 reports, the first at {MARK:%Y-%m-%dT%H:%MZ}" in answered.not_counted["reply_ms"]
    )
    assert [point.lost for point in answered.series] == [None, 2]


def test_attempts_the_page_cancelled_are_no_tries(database: Database) -> None:
    store(database, report(attempts=4, opened=2, failed=1, abandoned=1, lost=0))
    success = Reports(database).summary(HOUR).connect_success
    assert (success.value, success.n) == (round(2 / 3, 6), 3)


def test_without_tries_connect_success_is_unknown(database: Database) -> None:
    store(database, report(attempts=1, abandoned=1, lost=0))
    assert Reports(database).summary(HOUR).connect_success.value is None


def test_the_first_reports_that_judge_are_no_mark(database: Database) -> None:
    later = {**OLD, "period_end": NOON - timedelta(minutes=1)}
    assert summary(database, NEW, later, is_rolled_up=False).judged_from is None
