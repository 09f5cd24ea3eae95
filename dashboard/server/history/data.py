"""What was read for one drawing of the History page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from dash.development.base_component import Component

from analytics.query.series import Series
from analytics.query.series_sums import Drawn
from analytics.reports.history_answers import History
from analytics.reports.history_reports import HistoryReports
from analytics.reports.reports import Reports
from dashboard.core import url_state
from dashboard.page import data, freshness

USUAL_SERIES = ("active_connections", "message_error_rate", "client_latency_p95_ms")
LEAST_BEFORE = 0.1  # of the steps; less than that compares a range with a few moments
CSV_ROUTE = "/api/ws/metrics/historical"


@dataclass(frozen=True, slots=True)
class Instant:
    """A step in which any series has a value."""

    t: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The steps of a history, as every page takes them."""

    start: datetime
    end: datetime
    resolution: str
    step_seconds: int
    series: Sequence[Instant]


@dataclass(frozen=True, kw_only=True)
class Reading(data.Reading[Answer]):
    """The history of the range and, when compared, of the range before."""

    history: History
    before: History | None

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with, long enough for any of the series."""
        return any(self.earlier(found.series) for found in self.history.drawn.values())

    @cached_property
    def panels(self) -> list[list[Drawn]]:
        """The series of each panel: one, or on a shared axis all of one unit."""
        if not self.view.is_shared:
            return [[drawn] for drawn in self.history.drawn.values()]
        units: dict[str, list[Drawn]] = {}
        for drawn in self.history.drawn.values():
            units.setdefault(drawn.series.unit, []).append(drawn)
        return list(units.values())

    def earlier(self, series: Series) -> Drawn | None:
        """The same series in the period before, where that was measured for long enough."""
        if self.before is None:
            return None
        found, now = self.before.drawn[series.name], self.history.drawn[series.name]
        return found if len(found.points) >= LEAST_BEFORE * len(now.points) else None

    def unfiltered(self, series: Series) -> list[str]:
        """The filters of the page that this series cannot know."""
        return [n for n in self.view.filters if n not in self.history.filtered[series.name]]


def chosen(asked: url_state.View) -> tuple[str, ...]:
    """The series of the page: those of its address, else the usual ones."""
    return USUAL_SERIES if asked.series is None else asked.series


def read(
    reports: Reports, history: HistoryReports, asked: url_state.View, now: datetime, zone: object
) -> Reading:
    """Read the range and the one it is compared with. Raises `DatabaseAway`."""
    window, names = asked.window(now), chosen(asked)
    compared = asked.compared(window)
    found = history.history(window, names, asked.filters)
    before = None
    if compared and names:
        before = history.history(compared, names, asked.filters, step=found.step)
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=url_state.zone_for(asked, zone),
        answer=_steps_of(found),
        history=found,
        events=reports.events(window, asked.filters.get("app")),
        before=before if before and any(d.points for d in before.drawn.values()) else None,
    )


def _steps_of(history: History) -> Answer:
    steps = sorted({t for drawn in history.drawn.values() for t, _ in drawn.points})
    return Answer(
        history.window.start,
        history.window.end,
        history.step.name,
        history.step.seconds,
        [Instant(t) for t in steps],
    )


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are; the download holds exactly the series shown."""
    words = freshness.words(shown, shown.history.data_as_of)
    return freshness.layout(words, CSV_ROUTE, shown.window, _asked(shown))


def _asked(shown: Reading) -> Mapping[str, str]:
    """Filters that no series knows are refused by the API: they are left out."""
    known = {name for names in shown.history.filtered.values() for name in names}
    filters = {n: value for n, value in shown.view.filters.items() if n in known}
    return {"series": ",".join(shown.history.drawn), **filters}
