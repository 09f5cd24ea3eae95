"""The demo page in a real Chromium: it talks, it reports, it fits."""

import pytest
from playwright.sync_api import Page, expect

from tests.running import RunningServer


@pytest.fixture
def demo(page: Page, live_server: RunningServer) -> Page:
    """The demo page after its three messages were echoed."""
    page.goto(live_server.url + "/demo?messages=3&every=20&app=demo-page")
    expect(page.locator("#received")).to_have_text("3")
    return page


def test_a_report_asked_for_is_stored_and_listed(demo: Page) -> None:
    demo.click("#report")
    expect(demo.locator("#stored")).to_have_text("1")
    cells = demo.locator("#reports tr").first.locator("td").all_inner_texts()
    assert cells[1:6] == ["1", "0", "3", "3", "3"]


def test_it_fits_a_small_phone_without_sideways_scroll(demo: Page) -> None:
    demo.set_viewport_size({"width": 360, "height": 740})
    assert demo.evaluate("document.documentElement.scrollWidth") == 360


def test_the_chosen_theme_is_kept(demo: Page) -> None:
    demo.click("#theme")
    demo.reload()
    assert demo.locator("html").get_attribute("data-bs-theme") == "dark"
    expect(demo.locator("#theme")).to_have_text("Light")
