"""Every series read from cells equals the same series read from raw rows."""

from datetime import timedelta

import numpy as np
import pytest

from analytics.query.not_counted import BY_SEVERAL_DIMENSIONS
from analytics.query.series import SERIES
from analytics.ranges.timerange import TimeRange
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.analytics.rollups import test_server_rollups as server
from tests.support.clock import NOON
from tests.support.store import rollup_truth as client
from tests.support.store.report_factory import report

WINDOWS = {
    "hours": TimeRange(NOON - timedelta(hours=30), NOON),
    "days": TimeRange(NOON.replace(hour=0) - timedelta(days=3), NOON.replace(hour=11)),
}
NAMES = [name for name in SERIES if name != "outbox_bytes"]  # which has no cells


@pytest.fixture
def stored(database: Database) -> Database:
    """Three days of samples and four of reports, with gauges and page loads."""
    ServerSamples(database).insert(server.spread())
    ClientReports(database).insert(client.spread())
    ClientReports(database).insert(
        [
            report(period_end=NOON - timedelta(hours=hours), rtt_ms=10 * hours, cls=0.25,
                   page_load_ms=900 + hours, sample_rate=0.5, custom={"cart": 2.0},
                   close_codes={"1006": 2})
            for hours in range(1, 60, 7)
        ]
    )  # fmt: skip
    return database


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("filters", [{}, {"app": "portal"}], ids=["all", "app"])
def test_every_series_is_the_same_from_cells(
    stored: Database, window: TimeRange, filters: dict[str, str]
) -> None:
    history = HistoryReports(stored)
    before = history.history(window, NAMES, filters)
    client.roll_up(stored)
    server.roll_up(stored)
    after = history.history(window, NAMES, filters)
    assert after.step == before.step
    for name, computed in before.series.items():
        assert after.series[name] == computed, name


def test_processes_are_the_same_from_cells(stored: Database) -> None:
    before = PerformanceReports(stored).performance(WINDOWS["days"]).report
    server.roll_up(stored)
    after = PerformanceReports(stored).performance(WINDOWS["days"]).report
    assert [(p.id, p.points) for p in after.processes] == [
        (p.id, p.points) for p in before.processes
    ]
    for now, earlier in zip(after.processes, before.processes, strict=True):
        np.testing.assert_array_equal(now.loop_lag.counts, earlier.loop_lag.counts)
    assert (after.latency, after.loop_lag) == (before.latency, before.loop_lag)


def test_percentiles_are_not_available_for_two_filters_beyond_two_days(stored: Database) -> None:
    client.roll_up(stored)
    filters = {"page": "/3", "effective_type": "4g"}
    history = HistoryReports(stored).history(
        WINDOWS["days"], ["client_latency_p95_ms", "client_rtt_ms", "client_reports"], filters
    )
    assert history.not_counted == dict.fromkeys(
        ("client_latency_p95_ms", "client_rtt_ms"), BY_SEVERAL_DIMENSIONS
    )
    assert history.series["client_latency_p95_ms"].points == []
    assert history.series["client_rtt_ms"].points == []
