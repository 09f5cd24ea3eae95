"""The demo's store is filled once, goes on where a load was interrupted, and has no gap after a
stop.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from analytics.alerting.preview.past import load_history
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.rollups.client_aggregator import ClientAggregator
from analytics.rollups.watermark import without_lease
from models.database.engine import Database
from models.metrics.grid import Grid
from models.metrics.server_catalogue import OWN_SERVICE
from models.operations.demo_history import DemoHistory, FillProgress
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports, latest_report
from models.raw.sample_insert import latest_sample
from models.rollups.rollup_unit import RollupBusy
from scripts.demo_data import __main__ as load
from scripts.demo_data import server_side, spans, world
from scripts.demo_data.__main__ import fill, fill_client, roll_up
from scripts.demo_data.reports import DrawnReports
from tests.support.store.any_country import any_country
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report as a_report

END = datetime(2026, 3, 5, 12, tzinfo=UTC)  # a Thursday
FEW_DAYS, FEW_REPORTS = 2, 800
HOUR = timedelta(hours=1)
APPS = [app.name for app in world.APPS]


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "DAYS", FEW_DAYS)
    monkeypatch.setattr(load, "BATCH", 100)
    monkeypatch.setattr(load, "PROGRESS_SECONDS", -1.0)
    monkeypatch.setattr(load, "roll_up", lambda *_: None)
    monkeypatch.setattr(server_side, "STEP", HOUR)
    monkeypatch.setattr(server_side, "FINE", timedelta(minutes=1))


def drawn_in(*pieces: tuple[datetime, datetime, datetime]) -> set[object]:
    """The reports of (begin, end, end of the history whose incidents they have)."""
    return {
        report.report_id
        for begin, end, until in pieces
        for report in DrawnReports(until, FEW_REPORTS, 7, any_country).between(begin, end)
    }


def stored(database: Database) -> set[object]:
    return {report_id for (report_id,) in rows(database, "SELECT report_id FROM client_reports")}


def assert_no_gap_and_nothing_twice(database: Database) -> None:
    """Of the samples of the server."""
    query = "SELECT period_start, period_end FROM server_samples WHERE app = 'portal' ORDER BY 2"
    periods = rows(database, query)
    assert [end for _, end in periods[:-1]] == [start for start, _ in periods[1:]]


def interrupted(reports: Iterator[ClientReport], number: int) -> Iterator[ClientReport]:
    for index, report in enumerate(reports):
        if index == number:
            raise KeyboardInterrupt
        yield report


def test_the_loading_says_how_far_it_is_and_adds_nothing_twice_beside_the_live_load(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = []
    advance = DemoHistory.advance

    def note(history: DemoHistory, progress: FillProgress) -> None:
        advance(history, progress)
        stages.append(history.progress())

    monkeypatch.setattr(DemoHistory, "advance", note)
    ClientReports(database).insert([a_report(app="portal", period_end=END)])
    drawn = drawn_in((END - FEW_DAYS * 24 * HOUR, END, END))
    assert fill(database, any_country, FEW_REPORTS, 7, END) == len(drawn)
    assert drawn < stored(database)
    days = [stage.days for stage in stages if stage]
    assert days == sorted(days)
    assert set(days) == {*range(FEW_DAYS)}
    assert fill(database, any_country, FEW_REPORTS, 7, END) == 0
    assert_no_gap_and_nothing_twice(database)
    assert DemoHistory(database).progress() is None


def test_a_load_that_was_interrupted_goes_on_where_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_interrupted(
        database: Database, reports: Iterator[ClientReport], span: spans.Span
    ) -> int:
        return fill_client(database, interrupted(reports, FEW_REPORTS // 2), span)

    monkeypatch.setattr(load, "fill_client", until_interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill(database, any_country, FEW_REPORTS, 7, END)
    monkeypatch.setattr(load, "fill_client", fill_client)
    live = DrawnReports(END, FEW_REPORTS, 7, any_country).between(END, END + HOUR)
    ClientReports(database).insert([*live])
    fill(database, any_country, FEW_REPORTS, 7, END + 5 * HOUR)
    assert_no_gap_and_nothing_twice(database)
    assert stored(database) == drawn_in(
        (END - FEW_DAYS * 24 * HOUR, END, END), (END, END + 5 * HOUR, END)
    )


def test_hours_in_which_it_was_stopped_are_stored_at_the_next_start(database: Database) -> None:
    fill(database, any_country, FEW_REPORTS, 7, END)
    last = latest_report(database, APPS, END)
    assert last
    again = END + 9 * HOUR
    fill(database, any_country, FEW_REPORTS, 7, again)
    assert stored(database) == drawn_in((END - FEW_DAYS * 24 * HOUR, END, END), (END, again, END))
    assert_no_gap_and_nothing_twice(database)
    assert latest_sample(database, OWN_SERVICE, again + HOUR) == again


def test_rolling_up_goes_on_in_turns_with_a_scheduler(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [RollupBusy(), RollupBusy(), None]

    def catch_up(*_: object) -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    monkeypatch.setattr(load, "catch_up", catch_up)
    monkeypatch.setattr(load, "BUSY_SECONDS", 0)
    roll_up(database, END)
    assert outcomes == []


def test_the_first_day_is_rolled_up_though_it_is_about_to_be_dropped(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_a_round(database: Database, until: datetime) -> None:
        ClientAggregator(database, without_lease).drop_old_marks(until - HOUR * 36)
        roll_up(database, until)

    monkeypatch.setattr(load, "roll_up", after_a_round)
    fill(database, any_country, FEW_REPORTS, 7, END)
    silence = next(rule for rule in DEFAULT_RULES if rule.metric == "reports")
    begin = END - FEW_DAYS * 24 * HOUR
    arrays = load_history(database, silence, Grid.uniform(begin, 3600, FEW_DAYS * 24), 1)
    assert arrays.sums["reports"].sum() == len(stored(database))
