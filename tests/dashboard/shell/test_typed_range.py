"""What is typed into the menu of ranges changes the address, or is refused with a reason."""

import pytest

from dashboard.core import ids, url_state
from dashboard.shell import typed_range
from dashboard.shell.typed_range import address_changes
from tests.support.clock import NOON
from tests.support.pages.dash_calls import call, empty_application
from tests.support.pages.page_services import page_services

ZONE = {"zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("typed", "changes"),
    [
        ({"text": "last week"}, {"range": "last-week", "start": "", "end": ""}),
        ({"text": "3H"}, {"range": "3h", "start": "", "end": ""}),
        (
            {"text": "1 Mar"},
            {"range": "", "start": "2026-02-28T23:00:00Z", "end": "2026-03-01T23:00:00Z"},
        ),
        (
            {"from": "2026-03-01 09:30", "to": "now"},
            {"range": "", "start": "2026-03-01T08:30:00Z", "end": "2026-03-02T12:00:00Z"},
        ),
    ],
)
def test_a_typed_range_becomes_the_address_in_the_zone_of_the_page(
    typed: dict[str, str], changes: dict[str, str]
) -> None:
    assert address_changes(ZONE | typed, NOON) == changes
    search = "?" + "&".join(f"{name}={value}" for name, value in changes.items() if value)
    assert not url_state.read(search).range_fault


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"text": "soon"}, "Type such as yesterday, last week, 3h"),
        ({"from": "2026-03-01", "to": "x"}, "“x” is no time. Type such as 18 Nov 14:00"),
        ({"text": "3h", "zone": "nowhere"}, "The time zone of the page is unknown"),
        ({}, "“” is no time."),
    ],
)
def test_an_unreadable_range_says_what_can_be_typed(typed: dict[str, str], reason: str) -> None:
    assert reason in address_changes(ZONE | typed, NOON)["fault"]


def test_the_server_reads_what_the_browser_sends() -> None:
    app = empty_application()
    typed_range.register(app, page_services(now=lambda: NOON))
    sent = {f"{ids.TYPED_RANGE}.data": ZONE | {"text": "today"}}
    changed = call(app, ids.READ_RANGE, sent, f"{ids.TYPED_RANGE}.data")
    assert changed[ids.READ_RANGE]["data"]["range"] == "today"
