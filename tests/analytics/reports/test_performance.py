"""The figures of the Performance page agree with the metrics; each process has its points."""

from datetime import timedelta

import numpy as np
import pytest

from analytics.ranges.timerange import TimeRange
from analytics.reports.charted import Charted
from analytics.reports.performance import PerformanceReport
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)


@pytest.fixture
def stored(database: Database) -> Database:
    """Two workers; the second lags and has samples for half a step."""
    for seconds in (60, 55):
        end = NOON - timedelta(seconds=seconds)
        ServerSamples(database).insert(
            [
                sample(period_end=end, latency=[20, 30, 400], broadcast=[1.0], processing=[0.2]),
                sample(period_end=end, app=None, loop_lag=[1.0] * 50, cpu_ms=2500,
                       memory_bytes=100, descriptors=7),
            ]
        )  # fmt: skip
    ServerSamples(database).insert(
        [sample(instance="host:2", app=None, loop_lag=[80.0], cpu_ms=0, memory_bytes=300)]
    )
    return database


@pytest.fixture
def charted(stored: Database) -> Charted[PerformanceReport]:
    return PerformanceReports(stored).performance(HOUR)


def test_it_agrees_with_the_metrics(stored: Database, charted: Charted[PerformanceReport]) -> None:
    report, metrics = charted.report, Reports(stored).metrics(HOUR)
    assert report.latency == metrics.performance.message_latency_ms
    assert report.broadcast == metrics.performance.broadcast_ms
    assert report.processing == metrics.performance.processing_ms
    assert report.loop_lag == metrics.performance.loop_lag_ms
    assert [step.t for step in report.series] == [point.t for point in metrics.series]


def test_each_step_has_its_durations(stored: Database, charted: Charted[PerformanceReport]) -> None:
    series, latency = Reports(stored).metrics(HOUR).series, charted.durations["latency"]
    assert [latency.n_at(point.t) for point in series] == [point.n for point in series]
    p95 = latency.quantiles_ms(0.95)[latency.n > 0].tolist()
    assert p95 == [point.p95 for point in series if point.n]


def test_each_process_has_its_own_points(charted: Charted[PerformanceReport]) -> None:
    first, second = charted.report.processes
    assert (first.id, second.id) == ("host:1", "host:2")
    assert {point.cpu for point in first.points} == {0.5}
    assert {point.memory_bytes for point in first.points} == {100}
    (late,) = second.points
    assert second.loop_lag.n_at(late.t) == 1
    assert np.nanmax(second.loop_lag.quantiles_ms(0.99)) == pytest.approx(80, rel=0.02)
    assert late.descriptors is None


def test_processes_belong_to_every_app(stored: Database) -> None:
    of_app = PerformanceReports(stored).performance(HOUR, app="kiosk").report
    assert (of_app.series, len(of_app.processes)) == ([], 2)
    assert PerformanceReports(stored).performance(HOUR, service="chat").report.processes == []
