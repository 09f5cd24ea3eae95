"""The menus of the client page in Chromium: on the screen, typed ranges, copied links, exports."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.core import addresses
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in
from tests.support.store.csv_exports import csv_rows
from tests.support.store.report_factory import report

APP = "menus"
OFF_THE_SCREEN = """async () => {
  const off = [], frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  // Charts take a moment to fit a new width.
  for (let n = 0; n < 600 && document.documentElement.scrollWidth > innerWidth; n++) await frame();
  for (const menu of document.querySelectorAll("details.menu")) {
    if (!menu.checkVisibility()) continue;
    menu.scrollIntoView({block: "end"});
    menu.open = true;
    await frame();
    const {left, right, top, bottom, width} = menu.querySelector(".sheet").getBoundingClientRect();
    const isOff = left < 0 || right > innerWidth || top < 0 || document.documentElement.scrollWidth > innerWidth;
    if (!width || isOff) off.push([menu.className, left, right, top, bottom]);
    menu.open = false;
  }
  return off;
}"""  # noqa: E501 - a script

GROW = """async (sheet) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const menu = sheet.closest("details");
  menu.open = true;
  await frame();
  sheet.style.width = `${innerWidth - 30}px`;
  await frame();
  const {left, right} = sheet.getBoundingClientRect();
  return left >= 0 && right <= innerWidth;
}"""


@pytest.fixture(scope="module")
def reporting(live_server: RunningServer) -> Iterator[None]:
    """Three sessions of an app, 5 to 25 minutes ago; one of them reported twice."""
    database, now = Database(live_server.database_url), datetime.now(UTC)
    reports = [
        report((40.0, 90.0), app=APP, period_end=now - timedelta(minutes=minutes))
        for minutes in (5, 15, 25)
    ]
    again = report(app=APP, session_id=reports[0].session_id, period_end=now - timedelta(minutes=4))
    ClientReports(database).insert([*reports, again])
    yield
    database.dispose()


@pytest.fixture
def client(page: Page, live_server: RunningServer, reporting: None) -> Page:
    """The client page of the last hour."""
    sign_in(page, live_server)
    page.goto(f"{live_server.url}{addresses.CLIENT}?range=1h&app={APP}&tz=Asia/Kathmandu")
    expect(page.locator(".panel.is-ready").first).to_be_visible()
    return page


def range_menu(page: Page) -> Locator:
    page.locator(".menu-range > summary").click()
    return page.locator(".menu-range .sheet")


def query(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("width", [390, 800, 1440])
def test_every_open_menu_is_on_the_screen(client: Page, width: int) -> None:
    client.set_viewport_size({"width": width, "height": 844})
    assert client.evaluate(OFF_THE_SCREEN) == []


def test_a_menu_that_grows_when_its_list_comes_stays_on_the_screen(client: Page) -> None:
    client.set_viewport_size({"width": 390, "height": 844})
    assert client.locator(".menu-zone .sheet").evaluate(GROW)


def test_a_range_is_typed_and_taken_by_enter(client: Page) -> None:
    sheet = range_menu(client)
    sheet.get_by_label("Range", exact=True).fill("soon")
    client.keyboard.press("Enter")
    expect(sheet.get_by_role("alert")).to_contain_text("Type such as yesterday, last week, 3h")
    sheet.get_by_label("Range", exact=True).fill("Last week")
    client.keyboard.press("Enter")
    expect(client.locator(".menu-range > summary")).to_contain_text("Last week")
    assert query(client) == {"range": "last-week", "app": APP, "tz": "Asia/Kathmandu"}


def test_from_and_to_show_their_minutes_and_take_enter(client: Page) -> None:
    sheet = range_menu(client)
    first = sheet.get_by_label("From")
    assert first.evaluate("field => field.scrollWidth <= field.clientWidth")
    first.fill("18 Nov 2025 14:05")
    sheet.get_by_label("To").fill("18 Nov 2025 16:00")
    sheet.get_by_label("To").press("Enter")
    client.wait_for_url("**start=*")
    assert (query(client)["start"], query(client)["end"]) == (
        "2025-11-18T08:20:00Z", "2025-11-18T10:15:00Z",
    )  # fmt: skip
    expect(client.locator(".menu-range > summary")).to_contain_text("18 Nov 2025 14:05 to 16:00")


def test_an_export_holds_what_the_page_counts_with_times_for_spreadsheets(client: Page) -> None:
    label = client.locator(".card-label").get_by_text("Sessions", exact=True)
    counted = client.locator(".card-cell", has=label).locator(".card-value").inner_text()
    client.locator(".downloads > summary").click()
    with client.expect_download() as sessions:
        client.locator(".downloads").get_by_role("link", name="Sessions").first.click()
    rows = csv_rows(sessions.value.path().read_text())
    assert len(rows) == int(counted) == 3
    written = datetime.strptime(rows[0]["first_seen (Asia/Kathmandu)"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - a wall time
    assert written.year >= 2025
    panel = client.locator("[data-panel=round-trip]")
    panel.locator(".panel-more").click()
    with client.expect_download() as reports:
        panel.get_by_role("button", name="Reports as CSV").click()
    assert len(csv_rows(reports.value.path().read_text())) == 4


def test_a_copied_link_offers_to_keep_this_very_range(client: Page) -> None:
    client.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu = client.locator("details.menu", has_text="Copy the link to this view")
    for name, is_fixed in (("whenever it is opened", False), ("Keep this very range", True)):
        menu.locator("summary").click()
        menu.get_by_role("button", name=name).click()
        copied = client.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("http")
        assert ("start=" in copied, "range=1h" in copied) == (is_fixed, not is_fixed)
        assert f"app={APP}" in copied
