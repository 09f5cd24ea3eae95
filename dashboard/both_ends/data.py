"""The data of the page: counts by endings, and the newest connections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from dash.development.base_component import Component

from analytics.both_ends.responses import BothEnds, ConnectionStory
from analytics.ranges.steps import StepStart
from analytics.services.services import Services
from dashboard.core import times, url_state
from dashboard.page import freshness
from dashboard.page.data import PageData

from .url_state import EndsView

ROUTE = "/api/ws/connections"
LISTED = 20


@dataclass(frozen=True, slots=True)
class CountedRange:
    """The counts of a range, as a `SeriesReport` without steps."""

    counts: BothEnds
    resolution: str = "hour"
    step_seconds: int = 3600
    zone: str = "UTC"
    series: Sequence[StepStart] = ()

    @property
    def start(self) -> datetime:
        """The first full hour."""
        return self.counts.start

    @property
    def end(self) -> datetime:
        """The end of the last hour."""
        return self.counts.end


@dataclass(frozen=True, kw_only=True)
class EndsData(PageData[CountedRange]):
    """`stories` are the newest connections of the selected endings, or of all."""

    selection: EndsView
    stories: Sequence[ConnectionStory]

    @property
    def counts(self) -> BothEnds:
        """The connections by how both ends saw them end."""
        return self.current.counts


def read(services: Services, view: url_state.View, zone: object) -> EndsData:
    """Counts and connections of the range. Raises `DatabaseAway`."""
    selection, now = cast(EndsView, view), services.now()  # its tab makes no other
    local = url_state.zone_for(view, zone)
    window = view.window(now, local)
    filters = dict(view.filters)
    if selection.has_endings:
        filters |= {"server": selection.server, "browser": selection.browser}
    return EndsData(
        view=view,
        window=window,
        now=now,
        zone=local,
        current=CountedRange(services.both_ends.counts(window, view.filters.get("app"))),
        selection=selection,
        stories=services.both_ends.connections(window, filters, limit=LISTED).connections,
    )


def status(page_data: EndsData) -> list[Component]:
    """Which hours are counted."""
    span = times.span(page_data.current.start, page_data.current.end, page_data.now, page_data.zone)
    return freshness.layout(page_data, f"full hours, {span}", ROUTE, page_data.view.filters)
