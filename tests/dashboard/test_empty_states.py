"""Pages of which nothing came lead to setting up."""

from typing import Any

import pytest

from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.client.anomalies.empty_state import AnomaliesEmptyState
from dashboard.client.correlation.core.url_state import CorrelationView
from dashboard.client.correlation.empty_state import CorrelationEmptyState
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.client.geographic.empty_state import GeographicEmptyState
from dashboard.client.overview.empty_state import ClientEmptyState
from dashboard.core import addresses
from dashboard.core.url_state import View
from dashboard.server.empty_state import ServerEmptyState
from dashboard.server.history.empty_state import HistoryEmptyState
from tests.support.pages.components import links_of

STATES: list[Any] = [
    AnomaliesEmptyState(AnomaliesView()),
    ClientEmptyState(View(), []),
    CorrelationEmptyState(CorrelationView()),
    GeographicEmptyState(GeographicView()),
    HistoryEmptyState(View(series=("opened",))),
    ServerEmptyState(View(), has_unfiltered=False),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: type(state).__name__)
def test_an_empty_page_leads_to_setting_up(state: Any) -> None:
    assert addresses.SETUP in links_of(state.full_message()).values()
