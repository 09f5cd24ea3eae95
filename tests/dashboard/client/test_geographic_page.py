"""The Geographic page in Chromium, offline: every country, its row and its mark on the map."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.geo.countries import countries, country_name
from dashboard.core import addresses
from models.raw.report_insert import ClientReports
from tests.support.alerts.alert_pages import database_with_people, now, open_signed_in, own_server
from tests.support.servers.chromium import watched_page
from tests.support.servers.running_server import RunningServer
from tests.support.store.report_factory import report

ADDRESS = f"{addresses.CLIENT_GEOGRAPHIC}?range=1h"
CODES = [*sorted(countries()), None]
MAP = '[data-panel="map"]'
# The middle of the shape or point of each country, by code.
MARKS = f"""() => Object.fromEntries([
  ...document.querySelectorAll('{MAP} .choroplethlocation, {MAP} .scattergeo .point')
].map((mark) => {{
  const datum = mark.__data__;
  const trace = datum.trace ?? mark.closest('.trace').__data__[0].trace;
  const {{ x, y, width, height }} = mark.getBoundingClientRect();
  return [trace.customdata[datum.i ?? datum.index], [x + width / 2, y + height / 2]];
}}))"""


@pytest.fixture(scope="module")
def server(embedded_url: str) -> Iterator[RunningServer]:
    with own_server(embedded_url, "map") as started, database_with_people(started) as store:
        end = now() - timedelta(minutes=2)
        ClientReports(store).insert([
            report((20.0 + number,) * 3, period_end=end, country=code, attempts=1, opened=1)
            for number, code in enumerate(CODES)
            for _ in range(2 if code != "BR" else 31)
        ])  # fmt: skip
        yield started


@pytest.fixture(scope="module")
def page(server: RunningServer, chromium: Browser) -> Iterator[Page]:
    """The page of all countries; nothing may be asked of another host, nor fail."""
    with watched_page(chromium) as (opened, watch):
        open_signed_in(opened, server, path=ADDRESS)
        yield opened
        watch.assert_clean()


def open_page(page: Page, server: RunningServer, search: str = "") -> None:
    page.goto(server.url + ADDRESS + search)
    expect(page.locator(f"{MAP}.is-ready .choroplethlayer path").first).to_be_attached()


def test_every_country_and_unknown_is_drawn_or_listed_and_leads_to_itself(
    page: Page, server: RunningServer
) -> None:
    open_page(page, server)
    expect(page.locator("tr[data-region]")).to_have_count(len(CODES))
    drawn = page.evaluate(MARKS)
    listed = page.locator(f"{MAP} .panel-foot a").all_text_contents()
    missing = [code for code in countries() if code not in drawn]
    assert [country_name(code) for code in missing if country_name(code) not in listed] == []
    assert country_name("unknown") in listed
    links = page.locator("tr[data-region] a").evaluate_all("all => all.map((a) => a.search)")
    assert all("selected=" in link for link in links)


def test_a_click_on_a_shape_and_on_a_point_selects_the_country(
    page: Page, server: RunningServer
) -> None:
    for code in ("BR", "SG"):
        open_page(page, server)
        spot = page.evaluate(MARKS)[code]
        page.mouse.move(*spot)
        expect(page.locator(f"{MAP} .hover-box")).to_contain_text(country_name(code))
        row = page.locator(f'tr[data-region="{code}"]')
        expect(row).to_have_class(re.compile("is-lit"))
        page.mouse.click(*spot)
        expect(page).to_have_url(re.compile(f"selected={code}"))
        name = page.locator('[data-panel="region-over-time"] .panel-title')
        expect(name).to_have_text(country_name(code))


def test_the_row_under_the_pointer_and_with_the_focus_lights_the_map(
    page: Page, server: RunningServer
) -> None:
    open_page(page, server)
    row = page.locator('tr[data-region="BR"]')
    row.hover()
    expect(page.locator(f"{MAP} path.is-lit")).to_have_count(1)
    page.mouse.move(0, 0)
    page.locator('tr[data-region="DE"] a').focus()
    expect(page.locator('tr[data-region="DE"]')).to_have_class(re.compile("is-lit"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("selected=DE"))


def test_all_of_palestine_has_a_single_shape(page: Page, server: RunningServer) -> None:
    open_page(page, server)
    shapes = page.evaluate(f"""() => [...document.querySelectorAll('{MAP} .choroplethlocation')]
      .filter((each) => each.__data__.loc === 'PSE')
      .map((each) => (each.getAttribute('d').match(/M/g) || []).length)""")
    assert len(shapes) == 1
    assert shapes[0] >= 2


def test_a_search_hides_rows_at_once_and_stays_in_the_address(
    page: Page, server: RunningServer
) -> None:
    open_page(page, server)
    page.get_by_placeholder("Find a country").fill("germ")
    expect(page.locator("tr[data-region]:visible")).to_have_count(1)
    expect(page).to_have_url(re.compile("find=germ"))
    page.get_by_placeholder("Find a country").fill("Curacao")
    expect(page.locator("tr[data-region]:visible")).to_have_count(1)


def test_a_rule_is_made_in_two_clicks(page: Page, server: RunningServer) -> None:
    open_page(page, server, "&selected=BR")
    page.get_by_role("button", name="Watch round trip p95 in Brazil").click()
    page.get_by_role("button", name="Add rule").click()
    expect(page.get_by_role("dialog")).to_contain_text("watches from now on")
    expect(page.get_by_role("link", name="Open the rule")).to_be_visible()


def test_a_phone_does_not_scroll_sideways(page: Page, server: RunningServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, server, "&selected=BR")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
