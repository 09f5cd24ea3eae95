"""The finder of time zones in a real browser: by city, country, offset, old and new name."""

import pytest
from playwright.sync_api import Page, Route, expect

from settings import CHECKOUT
from tests.support.servers.chromium import Watch

ASSETS = CHECKOUT / "assets"
MENU = """<!doctype html><title>Menu</title>
<details class="menu"><summary>Time zone</summary><div data-zones="true"></div></details>
<script>window.pageView = {go: change => { document.title = change.tz }}</script>"""


@pytest.fixture
def finder(page: Page, watch: Watch) -> Page:
    """A page with the open menu."""

    def serve(route: Route) -> None:
        if route.request.url.endswith(".json"):
            route.fulfill(path=ASSETS / "public" / "time-zones.json")
        else:
            script = (ASSETS / "dashboard" / "time_zones.js").read_text()
            route.fulfill(content_type="text/html", body=f"{MENU}<script>{script}</script>")

    page.route("**/*", serve)
    page.goto("http://127.0.0.1/")
    page.locator("summary").click()
    expect(page.locator(".zone-entry")).to_have_count(60)
    return page


BY_SEARCH = {
    "kolkata": ("Asia/Kolkata", "India, UTC+05:30"),
    "Calcutta": ("Asia/Kolkata", "also Asia/Calcutta, India, UTC+05:30"),
    "India": ("Asia/Kolkata", "India, UTC+05:30"),
    "+5:45": ("Asia/Kathmandu", "Nepal, UTC+05:45"),
    "katmandu": ("Asia/Kathmandu", "also Asia/Katmandu, Nepal, UTC+05:45"),
    "Asuncion": ("America/Asuncion", "Paraguay"),
    "são paulo": ("America/Sao_Paulo", "Brazil, UTC-03:00"),
    "UTC": ("UTC", "UTC"),
    "kiev": ("Europe/Kyiv", "also Europe/Kiev, Ukraine"),
}


def test_any_name_of_a_zone_leads_to_it(finder: Page) -> None:
    first = finder.locator(".zone-entry").first
    for search, (zone, facts) in BY_SEARCH.items():
        finder.locator("input").fill(search)
        expect(first.locator("span").first).to_have_text(zone)
        expect(first.locator(".zone-facts")).to_contain_text(facts)
    finder.keyboard.press("Enter")
    expect(finder).to_have_title("Europe/Kyiv")


def test_an_offset_finds_its_zones_only_and_nonsense_says_so(finder: Page) -> None:
    finder.locator("input").fill("gmt -3")
    for facts in finder.locator(".zone-facts").all_text_contents():
        assert "UTC-03:" in facts
    finder.locator("input").fill("nowhere")
    expect(finder.locator(".zone-none")).to_contain_text("No time zone has this")
