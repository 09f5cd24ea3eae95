"""The data of Storage & jobs."""

from dash.development.base_component import Component

from analytics.operations.storage_answers import Storage
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.page import data, freshness

ROUTE = "/api/ws/storage"


class StorageData(data.PageData[Storage]):
    """Ingest figures are of the range, all others current."""

    @property
    def comparison_note(self) -> str:
        """Empty: nothing of the page is compared."""
        return ""

    @property
    def step_minutes(self) -> float:
        """The length of a step of the series."""
        return self.current.step_seconds / 60


def read(services: Services, view: url_state.View, zone: object) -> StorageData:
    """Read everything. Raises `DatabaseAway`."""
    now = services.now()
    window = view.window(now, url_state.zone_for(view, zone))
    return StorageData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        current=services.storage.read(window),
    )


def status(storage_data: StorageData) -> list[Component]:
    """Data freshness."""
    label = freshness.status_label(storage_data, storage_data.current.data_as_of)
    return freshness.layout(storage_data, label, ROUTE, {})
