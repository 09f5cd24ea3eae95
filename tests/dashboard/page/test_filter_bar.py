"""The filter bar, and what the addresses behind it select on each page."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.app import PAGES
from dashboard.core import addresses
from dashboard.core.url_state import PRESETS, View, read
from dashboard.page import filter_bar
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS
from tests.support.clock import NOON
from tests.support.pages.components import components_of, links_of, texts_of

UTC = ZoneInfo("UTC")
TABS = {page.address: page.tab for page in PAGES}
FIXED = View(start=NOON - timedelta(hours=1), end=NOON, filters={"app": "a&b"})


def test_every_preset_ends_a_fixed_range_and_keeps_the_filters() -> None:
    links = links_of(filter_bar.range_menu(FIXED, NOON, UTC))
    assert len(links) == len(PRESETS)
    for address in links.values():
        view = read(address)
        assert not view.is_fixed
        assert view.filters == {"app": "a&b"}
    assert texts_of(filter_bar.range_menu(FIXED, NOON, UTC), "is-chosen") == []
    assert texts_of(filter_bar.range_menu(View(preset="7d"), NOON, UTC), "is-chosen") == [
        "Last 7 days"
    ]


def test_a_fixed_range_is_labelled_in_the_zone_of_the_page() -> None:
    assert filter_bar.range_label(FIXED, NOON, ZoneInfo("Asia/Tokyo")) == "2 Mar 20:00 to 21:00"
    assert filter_bar.range_label(View(preset="1h"), NOON, UTC) == "Last hour"
    assert filter_bar.range_label(View(preset="3h"), NOON, UTC) == "Last 3 hours"
    assert filter_bar.range_label(read("?range=soon"), NOON, UTC) == "Unreadable range"


def test_a_chip_has_its_value_as_text_and_removes_only_itself() -> None:
    view = View(filters={"app": "<b>x</b>", "country": "BR", "service": "chat"})
    controls = filter_bar.layout(view, NOON, UTC, DIMENSIONS)
    assert texts_of(controls, "chip-value") == ["<b>x</b>", "Brazil"]
    (first, second) = components_of(controls, "chip")
    assert list(links_of(first).values()) == ["?country=BR&service=chat"]
    assert list(links_of(second).values()) == ["?app=%3Cb%3Ex%3C%2Fb%3E&service=chat"]
    assert links_of(controls)["Clear all"] == "?"


def test_all_filters_can_be_cleared_only_where_there_are_two() -> None:
    single = filter_bar.layout(View(filters={"app": "x"}), NOON, UTC, DIMENSIONS)
    assert "Clear all" not in links_of(single)


def test_a_comparison_is_selected_in_the_address() -> None:
    controls = filter_bar.layout(View(compare="week"), NOON, UTC, SERVER_DIMENSIONS)
    links = links_of(components_of(controls, "menu-compare"))
    assert links == {
        "Previous period": "?", "A week earlier": "?compare=week", "Off": "?compare=off",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "preset"),
    [
        (addresses.SERVER, "15m"), (addresses.SERVER_PERFORMANCE, "24h"),
        (addresses.SERVER_HISTORY, "7d"), (addresses.CLIENT, "24h"),
    ],
)  # fmt: skip
def test_each_page_has_its_default_range_and_leaves_it_out_of_the_address(
    path: str, preset: str
) -> None:
    view = TABS[path].view("")
    assert view.preset == preset
    assert view.search() == "?"
    assert TABS[path].view("?range=1h").preset == "1h"


def test_each_page_is_filtered_by_the_dimensions_of_its_source() -> None:
    assert TABS[addresses.SERVER_ROOMS].dimensions == SERVER_DIMENSIONS
    assert TABS[addresses.CLIENT].dimensions == DIMENSIONS
    assert set(TABS[addresses.SERVER_HISTORY].dimensions) == {*DIMENSIONS, *SERVER_DIMENSIONS}
    assert TABS[addresses.PEOPLE].dimensions == {}
