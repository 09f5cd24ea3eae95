"""Five client libraries in Chromium: the monitor's reports are what the recorder saw."""

from collections.abc import Mapping

import pytest

from ingest.site import sdk
from tests.support.matrix import running
from tests.support.matrix.running import Journey, Outcome

LIBRARIES = ("socketio", "graphql", "mqtt", "sockjs", "phoenix")
EACH = ("reset", "server closes 1012", "clean end")
SOME = (
    *(("socketio", "stall"), ("graphql", "stall"), ("mqtt", "stall"), ("phoenix", "stall")),
    *(("socketio", "back"), ("mqtt", "navigation"), ("sockjs", "reload"), ("phoenix", "hidden")),
    *(("graphql", "idle"), ("sockjs", "server away"), ("mqtt", "tab closed")),
)
JOURNEYS = [
    Journey("chromium", library, scenario)
    for library, scenario in [*SOME, *((lib, scenario) for lib in LIBRARIES for scenario in EACH)]
]


@pytest.fixture(scope="module")
def outcomes() -> Mapping[Journey, Outcome]:
    return {outcome.journey: outcome for outcome in running.run(JOURNEYS, sdk.script())}


@pytest.mark.parametrize("journey", JOURNEYS, ids=str)
def test_the_monitor_reports_what_happened(
    journey: Journey, outcomes: Mapping[Journey, Outcome]
) -> None:
    assert outcomes[journey].differences() == []
