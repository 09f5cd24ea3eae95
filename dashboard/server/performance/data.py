"""What was read for one drawing of the Performance page."""

from datetime import datetime

from dash.development.base_component import Component

from analytics.reports.performance import Performance
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from dashboard.core import url_state
from dashboard.page.data import Compared
from dashboard.server.data import compared, status_of
from dashboard.server.empty_state import Vacancy

CSV_ROUTE = "/api/ws/metrics/historical"
CSV_SERIES = (
    *("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "broadcast_p95_ms"),
    *("processing_p95_ms", "loop_lag_p99_ms", "memory_bytes", "descriptors"),
)
Reading = Compared[Performance]


def read(
    reports: Reports, fast: PerformanceReports, asked: url_state.View, now: datetime, zone: object
) -> Reading:
    """How fast servers were in the range and in the one before. Raises `DatabaseAway`."""
    return compared(reports, fast.performance, asked, now, zone)


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are, over how many processes; the download holds those shown."""
    query = {"series": ",".join(CSV_SERIES), **shown.answer.filters}
    return status_of(shown, shown.answer.processes, CSV_ROUTE, query)


def vacancy(_reports: Reports, shown: Reading) -> Vacancy | None:
    """The state of the whole page, `None` where there is something to show."""
    has_workers = bool(shown.answer.processes) and "app" not in shown.view.filters
    if shown.answer.series or has_workers:
        return None
    return Vacancy(shown.view, bool(shown.answer.sources))
