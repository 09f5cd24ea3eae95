"""Reads the page: all pairs in both views, and what a drop costs."""

from typing import cast

from analytics.services.services import Services
from dashboard.client.correlation.core.data import CorrelationData, HourlyRange
from dashboard.client.correlation.core.url_state import CorrelationView
from dashboard.core import url_state
from dashboard.core.url_state import View


def read(services: Services, view: View, zone: object) -> CorrelationData:
    """The range of the view. Raises `DatabaseAway`."""
    state = cast(CorrelationView, view)  # its tab makes no other
    now, local = services.now(), url_state.zone_for(view, zone)
    window = view.window(now, local)
    correlations = services.correlations.recent(window, view.client_filters(), state.pair or None)
    return CorrelationData(
        view=state,
        window=window,
        now=now,
        zone=local,
        current=HourlyRange(correlations.start, correlations.end, correlations.zone),
        correlations=correlations,
    )
