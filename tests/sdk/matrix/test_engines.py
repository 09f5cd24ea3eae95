"""Every library in every engine: the monitor's reports are what the recorder saw."""

import pytest

from ingest.site import sdk
from settings import CHECKOUT
from tests.support.matrix import running
from tests.support.matrix.journeys import LIBRARIES, SCENARIOS, happens
from tests.support.matrix.running import Journey
from tests.support.matrix.table import ENGINES, LEGEND, summary, table

DOCUMENT = CHECKOUT / "docs" / "browser-monitor.md"


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_journey_is_reported_as_it_was() -> None:
    outcomes = running.run(
        [
            Journey(engine, library, scenario)
            for engine in ENGINES
            for library in LIBRARIES
            for scenario in SCENARIOS
            if happens(library, scenario)
        ],
        sdk.script(),
    )
    printed = table(outcomes)
    print(printed, LEGEND, summary(outcomes), sep="\n\n")
    wrong = {
        str(outcome.journey): lines for outcome in outcomes if (lines := outcome.differences())
    }
    assert wrong == {}
    assert printed in DOCUMENT.read_text()
