"""The data of Storage & jobs."""

from datetime import datetime

from dash.development.base_component import Component

from analytics.operations.storage_answers import Storage
from analytics.operations.storage_report import StorageReport
from dashboard.core import url_state
from dashboard.page import data, freshness

ROUTE = "/api/ws/storage"


class StorageData(data.PageData[Storage]):
    """Ingest figures are of the range, all others current."""

    @property
    def step_minutes(self) -> float:
        """The length of a step of the series."""
        return self.current.step_seconds / 60


def read(report: StorageReport, view: url_state.View, now: datetime, zone: object) -> StorageData:
    """Read everything. Raises `DatabaseAway`."""
    window = view.window(now)
    return StorageData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        current=report.read(window),
    )


def status(storage_data: StorageData) -> list[Component]:
    """Data freshness."""
    label = freshness.status_label(storage_data, storage_data.current.data_as_of)
    return freshness.layout(label, ROUTE, storage_data.window, {})
