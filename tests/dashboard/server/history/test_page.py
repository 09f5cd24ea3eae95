"""The page of History: its picker, its empty states, and its read of a real database."""

from datetime import timedelta

import pytest

from analytics.query.not_counted import BY_SEVERAL_DIMENSIONS
from analytics.query.series import SERIES
from analytics.reports.history_reports import HistoryReports
from analytics.reports.reports import Reports
from dashboard.core.url_state import MOST_SERIES, View, read
from dashboard.server.history import data, page, picker
from dashboard.server.history.empty_state import empty_state_of
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.pages.components import components_of, links_of, text_of, texts_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.history_figures import a_history, computed, history_data
from tests.support.pages.page_services import page_services
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample


def test_a_chip_removes_its_series_and_the_last_leaves_none() -> None:
    view = View(series=("opened", "client_drops"))
    both = picker.layout(view)
    assert texts_of(both, "chip") == ["serverOpened", "clientDrops"]
    removals = [
        link.href for chip in components_of(both, "chip") for link in components_of(chip, "link")
    ]
    assert removals == ["?series=client_drops", "?series=opened"]
    assert links_of(picker.layout(View(series=("opened",)))[0]) == {"": "?series=none"}


def test_the_list_offers_every_series_once_but_the_selected_ones() -> None:
    view = View(series=("opened",))
    entries = components_of(picker.layout(view), "picker-link")
    offered = [read(entry.href).series for entry in entries if hasattr(entry, "href")]
    assert [names[-1] for names in offered if names] == [
        name for name in SERIES if name != "opened"
    ]
    assert all(names and names[0] == "opened" for names in offered)


def test_a_sixth_series_cannot_be_added() -> None:
    view = View(series=tuple(SERIES)[:MOST_SERIES])
    controls = picker.layout(view)
    assert components_of(controls, "picker-link") == []
    assert "Five series at most" in text_of(controls)


def test_axes_are_a_choice_only_with_two_series() -> None:
    assert picker.layout(View(series=("opened",)))[-1] is None
    links = links_of(picker.layout(View(series=("opened", "closed")))[-1])
    assert links == {
        "Separate axes": "?series=opened%2Cclosed",
        "Shared axis per unit": "?series=opened%2Cclosed&axes=shared",
    }


@pytest.mark.parametrize(
    ("filters", "series", "title", "address"),
    [
        ({}, (), "No series selected", "?range=1h&series=opened%2Cclosed"),
        ({"app": "<b>"}, None, "Nothing matches the filter", "?range=1h"),
        ({}, None, "Nothing was measured in this range", "?range=30d"),
    ],
)
def test_an_empty_page_says_why_and_offers_a_way_out(
    filters: dict[str, str], series: tuple[str, ...] | None, title: str, address: str
) -> None:
    empty = history_data(a_history(computed("opened", [])), filters=filters, series=series)
    state = empty_state_of(empty)
    assert state is not None
    message = state.full_message()
    assert texts_of(message, "state-title") == [title]
    first = next(iter(links_of(message).values()))
    assert first.startswith(address.partition("&")[0])
    assert "&app" not in first


def test_series_that_were_not_counted_are_not_called_without_a_match() -> None:
    missing = {"client_latency_p95_ms": BY_SEVERAL_DIMENSIONS}
    history = a_history(computed("client_latency_p95_ms", []), not_counted=missing)
    filters = {"effective_type": "4g", "page": "/chat"}
    state = empty_state_of(history_data(history, filters=filters))
    assert state is not None
    message = state.full_message()
    assert texts_of(message, "state-title") == ["Not counted"]
    assert texts_of(message, "state-words") == [str(BY_SEVERAL_DIMENSIONS)]
    assert "Clear filters" in links_of(message)


def test_filters_without_a_match_are_named_as_on_the_page() -> None:
    empty = history_data(a_history(computed("opened", [])), filters={"effective_type": "4g"})
    state = empty_state_of(empty)
    assert state is not None
    assert "a value of network 4g" in text_of(state.full_message())


def test_the_download_has_the_charted_series_and_only_filters_that_apply() -> None:
    current = a_history(
        computed("opened", [1.0]), computed("closed", [1.0]),
        filtered={"opened": ["app"], "closed": ["app"]},
    )  # fmt: skip
    status = data.status(history_data(current, filters={"app": "a b", "country": "BR"}))
    links = links_of(status)
    series = links["Series of this page"]
    assert series.startswith("/api/ws/metrics/historical?start=2026-03-02T11%3A00%3A00Z")
    assert series.endswith("&format=csv&series=opened%2Cclosed&app=a+b")
    assert links["Server samples"].endswith("12%3A00%3A00Z&app=a+b")
    assert links["Sessions"].endswith("&app=a+b&country=BR")


def test_both_sources_are_read_with_the_range_before(database: Database) -> None:
    ServerSamples(database).insert(
        [sample(opened=3), sample(opened=4, period_end=NOON - timedelta(minutes=90))]
    )
    ClientReports(database).insert([report(drops=2)])
    services = page_services(reports=Reports(database), history=HistoryReports(database))
    view = View(preset="1h", series=("opened", "client_drops"))
    page_data = page.BOARD.read(services, view, "Europe/Berlin")
    rows = page.BOARD.panels[-1][1](page_data).table.rows
    assert [(row[0], row[3], row[6]) for row in rows] == [
        ("opened", 3.0, 4.0), ("client_drops", 2.0, None),
    ]  # fmt: skip
    assert str(page_data.zone) == "Europe/Berlin"


def test_the_picker_follows_the_address_without_a_database() -> None:
    app = empty_application()
    page.PAGE.register(app, page_services())
    changed = call(app, "picker.children", {"url.search": "?series=client_drops,x"})
    assert "Remove Drops" in written(changed)
    assert components_of(page.PAGE.layout(), "picker")
