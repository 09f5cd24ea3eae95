"""The data of the Performance page."""

from dash.development.base_component import Component

from analytics.reports.performance import PerformanceReport
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.page.data import ComparedPageData
from dashboard.server.data import read_compared, status_over
from dashboard.server.empty_state import ServerEmptyState

CSV_ROUTE = "/api/ws/metrics/historical"
CSV_SERIES = (
    *("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "broadcast_p95_ms"),
    *("processing_p95_ms", "loop_lag_p99_ms", "memory_bytes", "descriptors"),
)
PerformanceData = ComparedPageData[PerformanceReport]


def read(services: Services, view: url_state.View, zone: object) -> PerformanceData:
    """Server performance in the range and the one compared with. Raises `DatabaseAway`."""
    return read_compared(services, services.performance.performance, view, zone)


def status(performance_data: PerformanceData) -> list[Component]:
    """How fresh the figures are, over how many processes; the download has the charted series."""
    query = {"series": ",".join(CSV_SERIES), **performance_data.current.filters}
    return status_over(performance_data, performance_data.current.processes, CSV_ROUTE, query)


def empty_state_of(performance_data: PerformanceData) -> ServerEmptyState | None:
    """The empty state of the page, `None` where there is something to show."""
    has_workers = (
        bool(performance_data.current.processes) and "app" not in performance_data.view.filters
    )
    if performance_data.current.series or has_workers:
        return None
    return ServerEmptyState(performance_data.view, bool(performance_data.current.sources))
