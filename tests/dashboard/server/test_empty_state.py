"""The empty state of the server pages, and the status above their panels."""

import pytest

from analytics.reports.server_answers import Source
from dashboard.core.url_state import View
from dashboard.server import data
from dashboard.server.empty_state import empty_state_of
from tests.support.clock import NOON
from tests.support.pages.components import links_of, text_of, texts_of
from tests.support.pages.server_figures import (
    FIXED,
    a_point,
    a_worker,
    connections,
    nothing_measured,
    server_data,
    server_metrics,
)


@pytest.mark.parametrize(
    ("active", "view", "is_empty"),
    [(0, View(), True), (1, View(), False), (1, FIXED, True)],
)
def test_an_open_connection_fills_only_a_range_that_ends_now(
    active: int, view: View, is_empty: bool
) -> None:
    metrics = nothing_measured(connections=connections(active=active))
    state = empty_state_of(server_data(metrics, view=view))
    assert (state is not None) == is_empty


def test_a_filter_that_matches_nothing_is_named_as_text_and_can_be_cleared() -> None:
    view = View(preset="15m", filters={"app": "<b>x</b>", "service": "javascript:x"})
    metrics = nothing_measured(sources=[Source(service="chat", app="portal")])
    state = empty_state_of(server_data(metrics, view=view))
    assert state is not None
    message = state.full_message()
    assert "none of app <b>x</b> and service javascript:x." in text_of(message)
    assert links_of(message) == {"Show all": "?range=15m"}


def test_without_any_sample_the_two_lines_of_the_agent_are_offered() -> None:
    state = empty_state_of(server_data(nothing_measured(), view=FIXED))
    assert state is not None
    message = state.full_message()
    assert texts_of(message, "state-title") == ["No sockets in this range"]
    assert "Monitor(app" in text_of(message)
    assert links_of(message) == {
        "Set up": "/admin/setup", "Open the demo page": "/demo", "Show 24 hours": "?",
    }  # fmt: skip


def test_the_status_is_as_of_the_latest_sample_and_counts_workers() -> None:
    metrics = server_metrics(
        workers=[a_worker(), a_worker()],
        latest_sample=NOON.replace(second=7),
        filters={"app": "a b"},
    )
    status = data.status(server_data(metrics, zone="Europe/Berlin"))
    assert text_of(status[0]) == (
        "Data as of 13:00:07 · resolution 1 min"
        " · nothing to compare with in the previous period · 2 workers"
    )
    download = links_of(status)["Series of this page"]
    assert download.startswith("/api/ws/metrics?start=2026-03-02T11%3A45%3A00Z")
    assert download.endswith("&format=csv&app=a+b")


def test_rates_count_at_least_a_single_step() -> None:
    assert data.measured_minutes(nothing_measured(step_seconds=15)) == 0.25
    assert data.measured_minutes(server_metrics(series=[a_point(0)] * 3)) == 3
