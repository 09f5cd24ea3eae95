"""The data of the server pages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from dash.development.base_component import Component

from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from analytics.reports.server_answers import ServerMetrics
from dashboard.core import url_state
from dashboard.core.numbers import plural
from dashboard.page import freshness
from dashboard.page.data import ComparedPageData, SeriesReport


class ServerReport(SeriesReport, Protocol):
    """A report about servers."""

    @property
    def data_as_of(self) -> datetime: ...
    @property
    def latest_sample(self) -> datetime | None: ...


M = TypeVar("M", bound=ServerReport)
ReadReport = Callable[[TimeRange, str | None, str | None], M]
ServerData = ComparedPageData[ServerMetrics]


def measured_minutes(metrics: ServerMetrics) -> float:
    """Minutes with samples: the denominator of rates."""
    return max(len(metrics.series), 1) * metrics.step_seconds / 60


def read(reports: Reports, view: url_state.View, now: datetime, zone: object) -> ServerData:
    """Server metrics of the range and the one compared with. Raises `DatabaseAway`."""
    return read_compared(reports, reports.metrics, view, now, zone)


def read_compared(
    reports: Reports, read_report: ReadReport[M], view: url_state.View, now: datetime, zone: object
) -> ComparedPageData[M]:
    """`read_report` over the range and the one compared with. Raises `DatabaseAway`."""
    window = view.window(now)
    earlier = view.compared_range(window)
    app, service = view.filters.get("app"), view.filters.get("service")
    before = read_report(earlier, app, service) if earlier else None
    return ComparedPageData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        current=read_report(window, app, service),
        events=reports.events(window, app),
        before=before if before is not None and before.series else None,
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
    return freshness.layout(f"{label} · {counted}", csv_route, server_data.window, query)
