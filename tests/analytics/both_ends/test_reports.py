"""Counts and connections of both ends, as API and pages read them."""

from datetime import timedelta
from uuid import UUID

import pytest

from analytics.both_ends.agreement import EndsVerdict
from analytics.both_ends.reports import BothEndsReports
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.ends import store_ends

HALF = timedelta(minutes=30)
WINDOW = TimeRange(NOON + HALF / 2, NOON + HALF)


def test_counts_are_of_full_hours_with_the_share_that_agrees(database: Database) -> None:
    store_ends(database, NOON + HALF, [
        ("1000/client", "1000/page"), *[("1000/client", "1006/nobody")] * 2,
        ("1001/client", "left"), ("unknown", "1000/page"), ("1006/nobody", "none"),
        ("none", "1006/nobody"),
    ])  # fmt: skip
    counts = BothEndsReports(database).counts(WINDOW, None)
    assert (counts.start, counts.end) == (NOON, NOON + 2 * HALF)
    assert (counts.connections, counts.met) == (7, 5)
    assert (counts.only_server, counts.only_browser, counts.not_comparable) == (1, 1, 1)
    assert (counts.agree.value, counts.agree.n) == (0.5, 4)
    first = counts.endings[0]
    assert (first.server, first.browser, first.connections) == ("1000/client", "1006/nobody", 2)
    assert first.verdict is EndsVerdict.DISAGREE
    assert BothEndsReports(database).counts(WINDOW, "other").agree.value is None


def test_connections_are_those_of_the_range(database: Database) -> None:
    ids = store_ends(database, NOON, [("1000/client", "1000/page"), ("1012/server", "left")])
    reports, window = BothEndsReports(database), TimeRange(NOON, NOON + HALF)
    stories = reports.connections(window, {}).connections
    assert {story.id for story in stories} == set(ids)
    (left,) = reports.connections(window, {"browser": "left"}).connections
    assert (left.server_ending, left.verdict) == ("1012/server", EndsVerdict.DISAGREE)
    assert reports.connections(window, {}, UUID(int=5)).connections == []
    assert reports.connections(window, {}, ids[0]).filters == {"id": str(ids[0])}
    assert len(reports.connections(window, {}, limit=1).connections) == 1


@pytest.mark.parametrize("hours", [1, 24])
def test_a_range_that_ends_with_an_hour_has_no_further_hour(database: Database, hours: int) -> None:
    end = NOON + timedelta(hours=hours)
    assert BothEndsReports(database).counts(TimeRange(NOON, end), None).end == end
