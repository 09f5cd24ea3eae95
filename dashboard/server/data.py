"""What was read for one drawing of a page about servers."""

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
from dashboard.page.data import Compared, Series


class Measured(Series, Protocol):
    """What every answer about servers tells."""

    @property
    def data_as_of(self) -> datetime: ...
    @property
    def latest_sample(self) -> datetime | None: ...


M = TypeVar("M", bound=Measured)
Ask = Callable[[TimeRange, str | None, str | None], M]
Reading = Compared[ServerMetrics]


def measured_minutes(metrics: ServerMetrics) -> float:
    """For how long there are samples: what a rate is a rate over."""
    return max(len(metrics.series), 1) * metrics.step_seconds / 60


def read(reports: Reports, asked: url_state.View, now: datetime, zone: object) -> Reading:
    """What servers measured in the range and in the one before. Raises `DatabaseAway`."""
    return compared(reports, reports.metrics, asked, now, zone)


def compared(
    reports: Reports, ask: Ask[M], asked: url_state.View, now: datetime, zone: object
) -> Compared[M]:
    """What `ask` answers for the range and the one it is compared with. Raises `DatabaseAway`."""
    window = asked.window(now)
    earlier = asked.compared(window)
    app, service = asked.filters.get("app"), asked.filters.get("service")
    before = ask(earlier, app, service) if earlier else None
    return Compared(
        view=asked,
        window=window,
        now=now,
        zone=url_state.zone_for(asked, zone),
        answer=ask(window, app, service),
        events=reports.events(window, app),
        before=before if before is not None and before.series else None,
    )


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are, over how many workers."""
    return status_of(shown, shown.answer.workers, "/api/ws/metrics", shown.answer.filters)


def status_of(
    shown: Compared[M], workers: Sequence[object], csv_route: str, query: Mapping[str, str]
) -> list[Component]:
    """How fresh the figures are, over how many workers; `query` is that of the download."""
    words = freshness.words(shown, shown.answer.latest_sample or shown.answer.data_as_of)
    counted = plural(len(workers), "worker")
    return freshness.layout(f"{words} · {counted}", csv_route, shown.window, query)
