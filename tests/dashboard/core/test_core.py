"""The document, the ids of callbacks, and times as the pages write them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.app import ASSETS
from dashboard.core import addresses, ids, times
from dashboard.core.document import index
from dashboard.core.page_files import page_files
from tests.support.clock import NOON


def test_the_document_loads_nothing_from_another_host() -> None:
    document = index(page_files(ASSETS))
    addresses = re.findall(r"(?:href|src)=\"([^\"]*)\"", document)
    assert addresses
    assert all(address.startswith(("/static/", "/admin/assets/")) for address in addresses)
    assert "<style" not in document
    assert not re.search(r"<script(?! src)", document)


def test_no_two_components_have_the_same_id() -> None:
    fixed = [value for name, value in vars(ids).items() if name.isupper()]
    assert len(set(fixed)) == len(fixed) > 10
    parts = [ids.part("a", "body"), ids.of_board("a", "body"), ids.chart("a"), ids.drawing("a")]
    assert len({str(part) for part in parts}) == len(parts)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (None, addresses.CLIENT), ("/admin/", addresses.CLIENT), ("/admin", addresses.CLIENT),
        ("/admin/people/", addresses.PEOPLE), ("/admin/nowhere", "/admin/nowhere"),
    ],
)  # fmt: skip
def test_an_address_has_no_slash_at_its_end_and_the_root_is_a_page(
    path: str | None, address: str
) -> None:
    assert addresses.normalize(path) == address


@pytest.mark.parametrize(
    ("at", "zone", "text"),
    [
        (NOON, "UTC", "12:00:00"),
        (NOON, "Pacific/Auckland", "01:00:00"),
        (NOON - timedelta(hours=13), "UTC", "Sun 1 Mar 23:00:00"),
        (NOON - timedelta(hours=13), "America/New_York", "Sun 1 Mar 18:00:00"),
    ],
)
def test_a_clock_has_its_day_only_when_it_is_not_today_in_the_zone(
    at: datetime, zone: str, text: str
) -> None:
    assert times.clock(at, NOON, ZoneInfo(zone)) == text


def test_a_moment_has_its_year_only_when_it_is_not_this_year() -> None:
    utc = ZoneInfo("UTC")
    assert times.moment(datetime(2025, 12, 31, 9, tzinfo=UTC), NOON, utc) == "31 Dec 2025 09:00"
    assert times.moment(datetime(2026, 1, 1, 9, tzinfo=UTC), NOON, utc) == "1 Jan 09:00"


def test_a_span_across_a_clock_change_is_in_local_times() -> None:
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert times.span(start, start + timedelta(hours=1), NOON, ZoneInfo("Europe/Berlin")) == (
        "29 Mar 01:30 to 03:30"
    )
