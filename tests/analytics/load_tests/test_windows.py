"""Bands of load tests: stored runs, and what ran without one."""

from datetime import timedelta

from analytics.load_tests.runs import LoadTestRuns
from analytics.load_tests.windows import LoadTestBand, bands_of
from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.load_reports import report as load_test_report

MINUTE = timedelta(minutes=1)


def test_stored_runs_are_named_and_others_are_not() -> None:
    run = LoadTestBand(NOON, NOON + MINUTE, "load test extreme")
    busy = [(NOON - MINUTE, NOON + 2 * MINUTE), (NOON + 5 * MINUTE, NOON + 6 * MINUTE)]
    bands = bands_of([run], busy)
    assert [band.title for band in bands] == ["load test extreme", "load test"]
    assert bands[1].start == NOON + 5 * MINUTE


def test_bands_are_of_the_runs_in_the_range(database: Database) -> None:
    runs = LoadTestRuns(database, lambda: NOON)
    report = load_test_report()
    runs.store(Actor("ada", "admin"), report)
    window = TimeRange(report.started_at - MINUTE, report.ended_at + MINUTE)
    (band,) = runs.bands(window)
    assert band.title.startswith(f"load test {report.plan.profile}, ")
    assert runs.bands(window.previous()) == []
