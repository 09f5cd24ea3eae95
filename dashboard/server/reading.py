"""What was read for one drawing of a server page."""

from dataclasses import dataclass
from datetime import datetime

from dash.development.base_component import Component

from analytics.reports import Reports
from analytics.server_answers import ServerMetrics
from dashboard import reading, view
from dashboard.numbers import plural
from dashboard.widgets import freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(reading.Reading):
    """The answer for the range and, when compared, for the range before."""

    metrics: ServerMetrics
    before: ServerMetrics | None

    @property
    def answer(self) -> ServerMetrics:
        """The figures of the range."""
        return self.metrics

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None


def measured_minutes(metrics: ServerMetrics) -> float:
    """For how long there are samples: what a rate is a rate over."""
    return max(len(metrics.series), 1) * metrics.step_seconds / 60


def read(reports: Reports, asked: view.View, now: datetime, zone: object) -> Reading:
    """Read the range and the one it is compared with. Raises `DatabaseAway`."""
    window = asked.window(now)
    compared = asked.compared(window)
    app, service = asked.filters.get("app"), asked.filters.get("service")
    before = reports.metrics(compared, app, service) if compared else None
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=view.zone_for(asked, zone),
        metrics=reports.metrics(window, app, service),
        events=reports.events(window, app),
        before=before if before is not None and before.series else None,
    )


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are, over how many workers."""
    metrics = shown.metrics
    words = freshness.words(shown, metrics.latest_sample or metrics.data_as_of)
    workers = plural(len(metrics.workers), "worker")
    route = "/api/ws/metrics"
    return freshness.layout(f"{words} · {workers}", route, shown.window, metrics.filters)
