"""The data of the History page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from dash.development.base_component import Component

from analytics.anomalies import naming
from analytics.anomalies.usual import Judged
from analytics.query.series import Series
from analytics.query.series_values import ComputedSeries
from analytics.ranges import zoned_steps
from analytics.ranges.steps import StepStart
from analytics.reports.history_answers import History
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.page import automated, data, freshness, usual
from models.metrics.grid import Grid

DEFAULT_SERIES = ("active_connections", "message_error_rate", "client_latency_p95_ms")
MIN_SHARE_BEFORE = 0.1  # of the steps; with fewer the comparison rests on a few steps
CSV_ROUTE = "/api/ws/metrics/historical"


@dataclass(frozen=True, slots=True)
class HistorySteps:
    """The steps of a history as a `SeriesReport`: those in which at least one series has a
    value."""

    start: datetime
    end: datetime
    resolution: str
    step_seconds: int
    zone: str
    series: Sequence[StepStart]


@dataclass(frozen=True, kw_only=True)
class HistoryData(data.PageData[HistorySteps]):
    """The history of the range and, when compared, of the range before."""

    history: History
    before: History | None

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with, long enough for any of the series."""
        return any(self.earlier(drawn.series) for drawn in self.history.series.values())

    @property
    def judged_from(self) -> datetime | None:
        """When reports begin that judge ends by kind, where earlier ones of the range do not."""
        return self.history.judged_from

    @cached_property
    def panels(self) -> list[list[ComputedSeries]]:
        """The series of each panel: one, or on a shared axis all of one unit."""
        if not self.view.has_shared_axes:
            return [[drawn] for drawn in self.history.series.values()]
        units: dict[str, list[ComputedSeries]] = {}
        for drawn in self.history.series.values():
            units.setdefault(drawn.series.unit, []).append(drawn)
        return list(units.values())

    def earlier(self, series: Series) -> ComputedSeries | None:
        """The same series in the period before, where that was measured for long enough."""
        if self.before is None:
            return None
        previous, now = self.before.series[series.name], self.history.series[series.name]
        return previous if len(previous.points) >= MIN_SHARE_BEFORE * len(now.points) else None

    def inapplicable_filters(self, series: Series) -> list[str]:
        """The filters of the page that do not apply to this series."""
        return [n for n in self.view.filters if n not in self.history.filtered[series.name]]


def selected_series(view: url_state.View) -> tuple[str, ...]:
    """The series of the page: those of its URL, else the defaults."""
    return DEFAULT_SERIES if view.series is None else view.series


def read(services: Services, view: url_state.View, zone: object) -> HistoryData:
    """Read the range and the one it is compared with. Raises `DatabaseAway`."""
    history, now = services.history, services.now()
    window, names = view.window(now, url_state.zone_for(view, zone)), selected_series(view)
    compared_range = view.compared_range(window)
    current = history.history(window, names, view.filters)
    before = None
    if compared_range and names:
        before = history.history(compared_range, names, view.filters, step=current.step)
    return HistoryData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        current=_steps_of(current),
        history=current,
        events=services.reports.events(window, view.filters.get("app")),
        load_tests=services.load_tests.bands(window),
        before=before if before and any(d.points for d in before.series.values()) else None,
        usual=usual.read(services, _judged(current), _grid(current), view.filters),
    )


def _judged(history: History) -> list[Judged]:
    """The series drawn by themselves whose values are judged as they are drawn."""
    return [
        (drawn.series.source.value, drawn.series.metric)
        for drawn in history.series.values()
        if naming.series_of(drawn.series.source.value, drawn.series.metric) == drawn.series
    ]


def _grid(history: History) -> Grid:
    return zoned_steps.grid_of(history.window, history.step, history.zone)


def _steps_of(history: History) -> HistorySteps:
    steps = sorted({t for drawn in history.series.values() for t, _ in drawn.points})
    return HistorySteps(
        history.window.start,
        history.window.end,
        history.step.name,
        history.step.seconds,
        history.zone,
        [StepStart(t) for t in steps],
    )


def status(history_data: HistoryData) -> list[Component]:
    """Data freshness; the download has exactly the charted series."""
    label = freshness.status_label(history_data, history_data.history.data_as_of)
    datasets, query = ("server-samples", "sessions", "client-reports"), _csv_query(history_data)
    return [
        *automated.note(history_data.view, history_data.history.automated_sessions),
        *freshness.layout(history_data, label, CSV_ROUTE, query, datasets),
    ]


def _csv_query(history_data: HistoryData) -> Mapping[str, str]:
    """The query of the CSV; filters that apply to no series are omitted, the API rejects them."""
    applicable = {name for names in history_data.history.filtered.values() for name in names}
    filters = {n: value for n, value in history_data.view.filters.items() if n in applicable}
    return {"series": ",".join(history_data.history.series), **filters}
