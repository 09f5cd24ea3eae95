"""What was read for one drawing of Storage & jobs."""

from datetime import datetime

from dash.development.base_component import Component

from analytics.operations.storage_answers import Storage
from analytics.operations.storage_report import StorageReport
from dashboard.core import url_state
from dashboard.page import data, freshness

ROUTE = "/api/ws/storage"


class Reading(data.Reading[Storage]):
    """The answer; what came in is of the range, all else of now."""

    @property
    def step_minutes(self) -> float:
        """The length of a step of the series."""
        return self.answer.step_seconds / 60


def read(report: StorageReport, asked: url_state.View, now: datetime, zone: object) -> Reading:
    """Read everything. Raises `DatabaseAway`."""
    window = asked.window(now)
    return Reading(
        view=asked,
        window=window,
        now=now,
        zone=url_state.zone_for(asked, zone),
        answer=report.read(window),
    )


def status(shown: Reading) -> list[Component]:
    """How fresh the figures are."""
    words = freshness.words(shown, shown.answer.data_as_of)
    return freshness.layout(words, ROUTE, shown.window, {})
