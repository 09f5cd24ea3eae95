"""The line of the most urgent alert on the Overviews."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from analytics.alerting.answers import Acknowledged
from dashboard.server.alerts.lists import firing_line
from tests.support.clock import NOON
from tests.support.pages.alert_lists import an_alert
from tests.support.pages.components import components_of, text_of

BERLIN = ZoneInfo("Europe/Berlin")


def test_it_states_severity_since_when_and_how_many_more() -> None:
    drawn = firing_line.layout([an_alert(), an_alert(), an_alert()], NOON, BERLIN)
    assert text_of(drawn) == (
        "CriticalSlow, Brazil has fired since 12:55 (Europe/Berlin); 2 more fire."
    )
    assert components_of(drawn, "link")[0].href == firing_line.address_of(an_alert())


def test_an_acknowledged_alert_still_fires_and_says_by_whom_and_until_when() -> None:
    until = NOON + timedelta(hours=5)
    acknowledged = Acknowledged(by="M. Keller", note="", at=NOON, until=until)
    drawn = firing_line.layout([an_alert(acknowledged=acknowledged)], NOON, BERLIN)
    assert text_of(drawn).endswith("(Europe/Berlin). Acknowledged by M. Keller until 18:00.")


def test_without_an_alert_there_is_no_line() -> None:
    assert firing_line.layout([], NOON, BERLIN) == []
