"""The data of the server pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from dash.development.base_component import Component

from analytics.ranges.timerange import TimeRange
from analytics.reports.charted import Charted
from analytics.reports.server_answers import ServerMetrics, ServerPoint
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.core.numbers import DASH, count, plural
from dashboard.page import freshness, usual
from dashboard.page.data import ComparedPageData, SeriesReport, grid_of
from dashboard.page.page import Tab
from models.metrics.dimensions import SERVER_DIMENSIONS


class ServerReport(SeriesReport, Protocol):
    """A report about servers."""

    @property
    def data_as_of(self) -> datetime: ...
    @property
    def latest_sample(self) -> datetime | None: ...


LIVE_RANGE = "15m"
SOURCE = "server"
JUDGED = (
    *("active", "opened", "closed", "rooms", "members", "sent", "received", "errors"),
    *("message_error_rate", "latency", "broadcast", "processing"),
)
M = TypeVar("M", bound=ServerReport)
ReadReport = Callable[[TimeRange, str | None, str | None], Charted[M]]
ServerData = ComparedPageData[ServerMetrics]


def tab(label: str, default_range: str = LIVE_RANGE) -> Tab:
    """A tab of the server's section."""
    return Tab(
        label=label, section="Server", dimensions=SERVER_DIMENSIONS, default_range=default_range
    )


def gauge_at_end(
    server_data: ServerData, now: int | None, of_point: Callable[[ServerPoint], float]
) -> float | None:
    """A gauge now; of a fixed range, at its end, `None` where nothing was measured."""
    if not server_data.view.is_fixed:
        return now
    series = server_data.current.series
    return of_point(series[-1]) if series else None


def end_label(server_data: ServerData) -> str:
    """When the gauges of `gauge_at_end` are from: `now`, `at the end of the range`."""
    return "at the end of the range" if server_data.view.is_fixed else "now"


def usual_at_end(server_data: ServerData, metric: str, text: Callable[[float], str]) -> str:
    """`usual 2,390 to 2,840` of a gauge now; of a fixed range, at its end."""
    view = server_data.view
    at = server_data.window.end if view.is_fixed else server_data.now
    return server_data.usual.at_end(SOURCE, metric, text, at)


def count_or_dash(value: float | None) -> str:
    """A count; a dash for none."""
    return DASH if value is None else count(value)


def measured_minutes(metrics: ServerMetrics) -> float:
    """Minutes with samples: the denominator of rates."""
    return max(len(metrics.series), 1) * metrics.step_seconds / 60


def read(services: Services, view: url_state.View, zone: object) -> ServerData:
    """Server metrics of the range and the one compared with. Raises `DatabaseAway`."""
    return read_compared(services, services.reports.charted_metrics, view, zone)


def read_compared(
    services: Services, read_report: ReadReport[M], view: url_state.View, zone: object
) -> ComparedPageData[M]:
    """`read_report` over the range and the one compared with. Raises `DatabaseAway`."""
    now = services.now()
    window = view.window(now, url_state.zone_for(view, zone))
    earlier = view.compared_range(window)
    app, service = view.filters.get("app"), view.filters.get("service")
    current = read_report(window, app, service)
    before = read_report(earlier, app, service) if earlier else None
    if before is not None and not before.report.series:
        before = None
    return ComparedPageData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        current=current.report,
        durations=current.durations,
        events=services.reports.events(window, app),
        load_tests=services.load_tests.bands(window),
        usual=usual.read(
            services,
            [(SOURCE, key) for key in JUDGED],
            grid_of(current.report),
            {key: value for key, value in view.filters.items() if key in SERVER_DIMENSIONS},
        ),
        before=before.report if before else None,
        durations_before=before.durations if before else {},
    )


def status(server_data: ServerData) -> list[Component]:
    """Data freshness and number of workers."""
    return status_over(
        server_data, server_data.current.workers, "/api/ws/metrics", server_data.current.filters
    )


def status_over(
    server_data: ComparedPageData[M],
    workers: Sequence[object],
    csv_route: str,
    query: Mapping[str, str],
) -> list[Component]:
    """Data freshness and number of workers; `query` is that of the CSV download."""
    label = freshness.status_label(
        server_data, server_data.current.latest_sample or server_data.current.data_as_of
    )
    counted = plural(len(workers), "worker")
    return freshness.layout(
        server_data, f"{label} · {counted}", csv_route, query, ("server-samples",)
    )
