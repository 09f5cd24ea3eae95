"""The demo page in a real Chromium: messages, reports, layout."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers.running_server import RunningServer


@pytest.fixture
def demo(page: Page, live_server: RunningServer) -> Page:
    """The demo page after its join and its three messages were answered."""
    page.goto(live_server.url + "/demo?messages=3&every=20&app=demo-page")
    expect(page.locator("#received")).to_have_text("4")
    return page


def test_a_requested_report_is_stored_and_listed(demo: Page) -> None:
    demo.click("#report")
    expect(demo.locator("#stored")).to_have_text("1")
    cells = demo.locator("#reports tr").first.locator("td").all_inner_texts()
    assert cells[1:6] == ["1", "0", "4", "4", "4"]


def test_it_fits_a_small_phone_without_sideways_scroll(demo: Page) -> None:
    demo.set_viewport_size({"width": 360, "height": 740})
    assert demo.evaluate("document.documentElement.scrollWidth") == 360


def test_the_selected_theme_survives_a_reload(demo: Page) -> None:
    demo.click("#theme")
    demo.reload()
    assert demo.locator("html").get_attribute("data-bs-theme") == "dark"
    expect(demo.locator("#theme")).to_have_text("Light")


def test_a_message_of_a_page_reaches_another_page(demo: Page, live_server: RunningServer) -> None:
    other = demo.context.new_page()
    other.goto(live_server.url + "/demo?messages=0&every=60000&app=demo-page")
    expect(other.locator("#members")).to_have_text("2 members")
    demo.fill("#words", "<i>hello</i>")
    demo.press("#words", "Enter")
    expect(other.locator("#said li span")).to_have_text("<i>hello</i>")
    expect(demo.locator("#said li b")).to_have_text("You")


def test_a_dropped_connection_is_counted_and_reopened(demo: Page) -> None:
    demo.click("#cut")
    expect(demo.locator("#drops")).to_have_text("1")
    expect(demo.locator("#opened")).to_have_text("2")
    demo.click("#report")
    expect(demo.locator("#stored")).to_have_text("1")
    cells = demo.locator("#reports tr").first.locator("td").all_inner_texts()
    assert cells[1:3] == ["2", "1"]
