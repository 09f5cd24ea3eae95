"""What was read for one drawing of the Performance page."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from dash.development.base_component import Component

from analytics.performance import Performance
from analytics.performance_reports import PerformanceReports
from analytics.reports import Reports
from analytics.spread import Spread, spread_of
from dashboard import reading, view
from dashboard.numbers import plural
from dashboard.server.vacancy import Vacancy
from dashboard.widgets import freshness

CSV_ROUTE = "/api/ws/metrics/historical"
CSV_SERIES = (
    *("latency_p50_ms", "latency_p95_ms", "latency_p99_ms", "broadcast_p95_ms"),
    *("processing_p95_ms", "loop_lag_p99_ms", "memory_bytes", "descriptors"),
)


@dataclass(frozen=True, kw_only=True)
class Reading(reading.Reading):
    """The answer for the range and, when compared, for the range before."""

    performance: Performance
    before: Performance | None

    @property
    def answer(self) -> Performance:
        """The figures of the range."""
        return self.performance

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None

    @cached_property
    def spread(self) -> Spread:
        """How the round trips spread."""
        starts = [point.t for point in self.performance.series]
        counts, seconds = self.performance.latency_counts, self.performance.step_seconds
        return spread_of(starts, counts, seconds)


def read(
    reports: Reports, fast: PerformanceReports, asked: view.View, now: datetime, zone: object
) -> Reading:
    """Read the range and the one it is compared with. Raises `DatabaseAway`."""
    window = asked.window(now)
    compared = asked.compared(window)
    app, service = asked.filters.get("app"), asked.filters.get("service")
    before = fast.performance(compared, app, service) if compared else None
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=view.zone_for(asked, zone),
        performance=fast.performance(window, app, service),
        events=reports.events(window, app),
        before=before if before is not None and before.series else None,
    )


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are, over how many processes."""
    found = shown.performance
    words = freshness.words(shown, found.latest_sample or found.data_as_of)
    processes = plural(len(found.processes), "worker")
    asked = {"series": ",".join(CSV_SERIES), **found.filters}
    return freshness.layout(f"{words} · {processes}", CSV_ROUTE, shown.window, asked)


def vacancy(_reports: Reports, shown: Reading) -> Vacancy | None:
    """The state of the whole page, `None` where there is something to show."""
    has_workers = bool(shown.performance.processes) and "app" not in shown.view.filters
    if shown.performance.series or has_workers:
        return None
    return Vacancy(shown.view, bool(shown.performance.sources))
