"""Baselines on the store: saved, compared with, outliving their rows, removed; limits and audit."""

from datetime import timedelta

import pytest

from analytics.baselines.actions import BaselineActions
from analytics.baselines.answers import BaselineComparison
from analytics.baselines.cells import UnreadableCells, unpacked_cells
from analytics.baselines.limits import BaselineFault, BaselineRequest
from analytics.baselines.reports import BaselineReports, NoSuchBaseline
from analytics.permission.actor import SHELL, Actor, NotAllowed
from analytics.ranges.timerange import TimeRange
from models.baselines import baselines as stored_baselines
from models.baselines.baselines import BaselineNameTaken, TooManyBaselines
from models.database.engine import Database
from models.people.audit import Audit
from tests.support.clock import NOON, Clock
from tests.support.store.hourly_reports import hourly_reports, store_hours
from tests.support.store.postgres import autocommit_cursor
from tests.support.store.rollup_truth import roll_up

DAY = timedelta(days=1)
EARLIER = TimeRange(NOON - 2 * DAY, NOON - DAY)
NOW = TimeRange(NOON - timedelta(hours=12), NOON)
AVAILABLE = {"latency_ms p95", "drops rate", "connect_success ratio", "stability ratio"}


def request(name: str = "June", window: TimeRange = EARLIER, **filters: str) -> BaselineRequest:
    return BaselineRequest(name=name, source="client", window=window, filters=filters, note="calm")


def figures(comparison: BaselineComparison) -> dict[str, tuple[float | None, float | None]]:
    return {
        f"{each.metric} {each.aggregation}": (each.value, each.baseline)
        for each in comparison.measures
    }


@pytest.fixture
def stored(database: Database) -> Database:
    store_hours(
        database,
        hourly_reports(EARLIER.end, 24, drops=0.05),
        hourly_reports(NOW.end, 12, latency_ms=90.0, drops=0.5, seed=2),
    )
    return database


def test_a_baseline_outlives_its_rows_and_says_what_became_worse(
    stored: Database, clock: Clock
) -> None:
    actions, reports = BaselineActions(stored, (), clock), BaselineReports(stored)
    saved = actions.add(SHELL, request())
    assert (saved.start, saved.end, saved.hours) == (EARLIER.start, EARLIER.end, 24)
    assert (saved.created_by, saved.note, saved.created_at) == (SHELL.name, "calm", NOON)
    assert [each.name for each in reports.all().baselines] == ["June"]
    before = reports.comparison(saved.id, NOW)
    roll_up(stored)
    assert figures(reports.comparison(saved.id, NOW)) == figures(before)
    with autocommit_cursor(stored.url) as cursor:
        for table in "client_reports", "client_minutes", "client_hours", "client_days":
            cursor.execute(f"DELETE FROM {table} WHERE true")
    after = reports.comparison(saved.id, NOW)
    assert {old for _, old in figures(after).values()} == {
        old for _, old in figures(before).values()
    }
    by_name = {f"{each.metric} {each.aggregation}": each for each in before.measures}
    assert set(before.hours_of_day) == set(range(12))
    assert by_name.keys() >= AVAILABLE
    for name in "latency_ms p95", "drops rate", "stability ratio":
        each = by_name[name]
        assert each.is_real
        assert each.verdict is not None
        assert each.verdict.is_worse
        low, difference, high = (float(x or 0) for x in (each.low, each.difference, each.high))
        assert low <= difference <= high
        assert low > 0 or high < 0
    assert by_name["connect_success ratio"].difference == 0
    assert not by_name["connect_success ratio"].is_real
    assert by_name["reply_ms p95"].reason == "Nothing was measured in the baseline."


def test_only_admins_save_and_remove_and_each_change_is_in_the_audit_trail(
    stored: Database, clock: Clock
) -> None:
    actions = BaselineActions(stored, (), clock)
    with pytest.raises(NotAllowed):
        actions.add(Actor("ann", "analyst"), request())
    saved = actions.add(SHELL, request())
    with pytest.raises(BaselineNameTaken):
        actions.add(SHELL, request())
    with pytest.raises(NotAllowed):
        actions.remove(Actor("ann", "analyst"), saved.id)
    actions.remove(SHELL, saved.id)
    with pytest.raises(NoSuchBaseline):
        actions.remove(SHELL, saved.id)
    reports = BaselineReports(stored)
    for read in reports.baseline, lambda number: reports.comparison(number, NOW):
        with pytest.raises(NoSuchBaseline):
            read(saved.id)
    entries = [(each.action, each.subject) for each in Audit(stored).latest()]
    assert entries == [("removed baseline", "June"), ("saved baseline", "June")]


def test_hours_that_the_range_cuts_are_in_no_baseline(stored: Database, clock: Clock) -> None:
    half = timedelta(minutes=30)
    window = TimeRange(EARLIER.start + half, EARLIER.end - half)
    saved = BaselineActions(stored, (), clock).add(SHELL, request(window=window))
    hour = timedelta(hours=1)
    assert (saved.start, saved.end) == (EARLIER.start + hour, EARLIER.end - hour)


def test_what_a_baseline_may_be_is_limited(
    stored: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions = BaselineActions(stored, (), clock)
    short = TimeRange(NOON - timedelta(hours=5), NOON)
    ahead = TimeRange(NOON - timedelta(hours=3), NOON + DAY)
    long = TimeRange(NOON - timedelta(days=32), NOON)
    empty = TimeRange(NOON - timedelta(days=9), NOON - timedelta(days=7))
    for wrong, field in (
        (request(name=" June"), "name"), (request(name="J" * 81), "name"),
        (request(name="a\nb"), "name"), (request(window=short), "end"),
        (request(window=ahead), "end"), (request(window=long), "start"),
        (request(window=empty), "start"), (request(service="a"), "filters"),
        (request(country="BR", browser="Safari"), "filters"), (request(country="a\0"), "filters"),
    ):  # fmt: skip
        with pytest.raises(BaselineFault) as fault:
            actions.add(SHELL, wrong)
        assert fault.value.field == field, wrong
    saved = actions.add(SHELL, request())
    monkeypatch.setattr(stored_baselines, "MOST_BASELINES", 1)
    with pytest.raises(TooManyBaselines):
        actions.add(SHELL, request("July"))
    with pytest.raises(BaselineFault):
        BaselineReports(stored).comparison(saved.id, long)
    with pytest.raises(UnreadableCells):
        unpacked_cells(b"nothing", NOON)
