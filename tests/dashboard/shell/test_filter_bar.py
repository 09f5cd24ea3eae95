"""The filter bar, the addresses behind it, the frame of all pages, and the bell."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.alerting.services.reports import AlertReports
from dashboard.core.url_state import PRESETS, View, read
from dashboard.shell import addresses, bell, filter_bar, layout
from models.database.engine import Database
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS
from tests.support.alerts.alert_pages import firing
from tests.support.clock import NOON, Clock
from tests.support.pages.components import components_of, links_of, text_of, texts_of
from tests.support.pages.dash_calls import call, empty_application

UTC = ZoneInfo("UTC")
FIXED = View(start=NOON - timedelta(hours=1), end=NOON, filters={"app": "a&b"})


def test_every_preset_ends_a_fixed_range_and_keeps_the_filters() -> None:
    links = links_of(filter_bar.range_menu(FIXED, UTC))
    assert len(links) == len(PRESETS)
    for address in links.values():
        view = read(address)
        assert not view.is_fixed
        assert view.filters == {"app": "a&b"}
    assert texts_of(filter_bar.range_menu(FIXED, UTC), "is-chosen") == []
    assert texts_of(filter_bar.range_menu(View(preset="7d"), UTC), "is-chosen") == ["Last 7 days"]


def test_a_fixed_range_is_labelled_in_the_zone_of_the_page() -> None:
    assert filter_bar.range_label(FIXED, ZoneInfo("Asia/Tokyo")) == "2 Mar 20:00 to 21:00"
    assert filter_bar.range_label(View(preset="1h"), UTC) == "Last hour"


def test_a_chip_has_its_value_as_text_and_removes_only_itself() -> None:
    view = View(filters={"app": "<b>x</b>", "country": "BR", "service": "chat"})
    controls = filter_bar.layout(view, UTC, DIMENSIONS)
    assert texts_of(controls, "chip-value") == ["<b>x</b>", "BR"]
    (first, second) = components_of(controls, "chip")
    assert list(links_of(first).values()) == ["?country=BR&service=chat"]
    assert list(links_of(second).values()) == ["?app=%3Cb%3Ex%3C%2Fb%3E&service=chat"]
    assert links_of(controls)["Clear all"] == "?"


def test_all_filters_can_be_cleared_only_where_there_are_two() -> None:
    single = filter_bar.layout(View(filters={"app": "x"}), UTC, DIMENSIONS)
    assert "Clear all" not in links_of(single)


def test_a_comparison_is_selected_in_the_address() -> None:
    controls = filter_bar.layout(View(compare="week"), UTC, SERVER_DIMENSIONS)
    links = links_of(components_of(controls, "menu-compare"))
    assert links == {
        "Previous period": "?", "A week earlier": "?compare=week", "Off": "?compare=off",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "preset"),
    [
        (addresses.SERVER, "15m"), (addresses.SERVER_PERFORMANCE, "24h"),
        (addresses.SERVER_HISTORY, "7d"), (addresses.CLIENT, "24h"), ("/admin/nowhere", "24h"),
    ],
)  # fmt: skip
def test_each_page_has_its_default_range_and_leaves_it_out_of_the_address(
    path: str, preset: str
) -> None:
    view = addresses.view_of(path, "")
    assert view.preset == preset
    assert view.search() == "?"
    assert addresses.view_of(path, "?range=1h").preset == "1h"


def test_each_page_is_filtered_by_the_dimensions_of_its_source() -> None:
    assert addresses.dimensions_of(addresses.SERVER_ROOMS) == SERVER_DIMENSIONS
    assert addresses.dimensions_of(addresses.CLIENT + "/") == DIMENSIONS
    assert set(addresses.dimensions_of(addresses.SERVER_HISTORY)) == {
        *DIMENSIONS,
        *SERVER_DIMENSIONS,
    }
    assert addresses.dimensions_of("/admin/people") == {}


def test_the_frame_has_what_the_callbacks_fill_and_no_data() -> None:
    frame = layout.layout()
    ids = {part.id for part in components_of(frame) if isinstance(getattr(part, "id", None), str)}
    assert {"url", "tick", "timer", "page", "tabs", "sections", "person", "firing"} <= ids
    assert text_of(components_of(frame, "skip")) == "Skip to the page"
    (badge,) = components_of(frame, "firing-badge")
    assert badge.hidden is True


def test_the_bell_counts_firing_alerts_and_keeps_its_number_without_a_database(
    database: Database, clock: Clock
) -> None:
    firing(database, "Slow")
    firing(database, "Slower")
    counts = []
    for store in (database, Database("postgresql+psycopg2://x@/x?host=/nowhere")):
        app = empty_application()
        bell.register(app, AlertReports(store, clock))
        counts.append(call(app, "firing.data", {}))
    assert counts == [{"firing": {"data": 2}}, {}]
