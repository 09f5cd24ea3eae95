"""Performance and History in a real browser: what was measured, chosen, shared and taken along."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

SERVER = "/admin/websocket-analytics"
APP = "<i>kept</i>"
SLOW_MS = 20_000  # a whole page again, on a busy machine


@pytest.fixture
def inside(page: Page, live_server: RunningServer) -> Page:
    """A page of somebody who is signed in."""
    sign_in(page, live_server)
    return page


@pytest.fixture(scope="module")
def measured_app(live_server: RunningServer) -> Iterator[str]:
    """Forty minutes of an app, from servers and browsers."""
    database = Database(live_server.database_url)
    now = datetime.now(UTC)
    for minutes in range(5, 45, 5):
        end = now - timedelta(minutes=minutes)
        ServerSamples(database).insert(
            [
                sample(app=APP, period_end=end, active=3, opened=1, received=4,
                       latency=[20.0] * 50 + [300.0] * 10, broadcast=[1.0], processing=[0.3]),
                sample(app=None, instance="<b>host</b>:7", period_end=end, loop_lag=[2.0],
                       cpu_ms=100, memory_bytes=9_000_000, descriptors=12),
            ]
        )  # fmt: skip
        ClientReports(database).insert([report((40.0, 60.0), app=APP, period_end=end, drops=1)])
    yield APP
    database.dispose()


def opened(page: Page, server: RunningServer, path: str) -> Page:
    page.goto(f"{server.url}{SERVER}{path}")
    expect(page.locator(".panel.is-ready, .panel.is-empty").first).to_be_visible(timeout=SLOW_MS)
    return page


def test_performance_shows_percentiles_cells_and_workers(
    inside: Page, live_server: RunningServer, measured_app: str
) -> None:
    opened_page = opened(inside, live_server, f"/performance?range=1h&app={measured_app}")
    expect(opened_page.locator(".panel.is-ready")).to_have_count(8)
    latency = opened_page.locator("[data-panel=message-latency]")
    expect(latency).to_contain_text("n = 480 round trips")
    expect(latency.get_by_text("limit 200 ms")).to_be_visible()
    expect(opened_page.locator("[data-panel=latency-spread] .heatmaplayer image")).to_have_count(1)
    expect(opened_page.locator("[data-panel=where-time-goes] tbody tr")).to_have_count(4)
    memory = opened_page.locator("[data-panel=worker-memory]")
    expect(memory.get_by_text("7 9.00 MB", exact=True)).to_be_visible()


def test_a_cell_of_the_heatmap_has_its_count(
    inside: Page, live_server: RunningServer, measured_app: str
) -> None:
    opened_page = opened(inside, live_server, f"/performance?range=1h&app={measured_app}")
    panel = opened_page.locator("[data-panel=latency-spread]")
    panel.locator(".panel-more").click()
    panel.get_by_role("button", name="Show as table").click()
    expect(panel.locator("thead th").nth(1)).to_contain_text("under")
    expect(panel.locator("tbody tr").first.locator("td").last).to_have_text("60")


def test_a_series_is_added_survives_a_reload_and_is_removed(
    inside: Page, live_server: RunningServer, measured_app: str
) -> None:
    opened_page = opened(inside, live_server, f"/history?range=1h&app={measured_app}&series=opened")
    expect(opened_page.locator(".panel-slot.is-ready:visible")).to_have_count(1)
    opened_page.locator(".menu-series summary").click()
    opened_page.locator(".menu-series input").fill("drops")
    opened_page.locator(".picker-entry:visible .picker-link").first.click()
    expect(opened_page.locator(".panel-slot.is-ready:visible")).to_have_count(2)
    opened_page.reload()
    chips = opened_page.locator(".picker .chip")
    expect(chips).to_have_text(["serverOpened", "clientDrops"], timeout=SLOW_MS)
    opened_page.get_by_role("link", name="Remove Opened").click()
    expect(opened_page.locator(".panel-slot.is-ready:visible .panel-title")).to_have_text(["Drops"])
    assert "series=client_drops" in opened_page.url


def test_series_of_the_same_unit_share_an_axis(
    inside: Page, live_server: RunningServer, measured_app: str
) -> None:
    three = "latency_p50_ms,latency_p95_ms,client_drops"
    opened_page = opened(
        inside, live_server, f"/history?range=1h&app={measured_app}&series={three}"
    )
    expect(opened_page.locator(".panel-slot.is-ready:visible")).to_have_count(3)
    opened_page.get_by_role("link", name="Shared axis per unit").click()
    titles = opened_page.locator(".panel-slot.is-ready:visible .panel-title")
    expect(titles).to_have_text(["Ping round trip", "Drops"])
    expect(opened_page.locator("[data-panel=history-summary] tbody tr")).to_have_count(3)


def test_a_panel_and_the_page_download_the_visible_series(
    inside: Page, live_server: RunningServer, measured_app: str
) -> None:
    address = f"/history?range=1h&compare=off&app={measured_app}&series=client_drops"
    opened_page = opened(inside, live_server, address)
    panel = opened_page.locator("[data-panel=history-1]")
    panel.locator(".panel-more").click()
    with opened_page.expect_download() as of_panel:
        panel.get_by_role("button", name="Download CSV").click()
    opened_page.locator(".downloads > summary").click()
    with opened_page.expect_download() as of_page:
        opened_page.locator(".downloads").get_by_role("link", name="Series").last.click()
    texts = [taken.value.path().read_text() for taken in (of_panel, of_page)]
    rows = [[line.split(",")[1:] for line in text.splitlines()[1:]] for text in texts]
    assert rows[0] == [["1", "1"]] * 8
    assert [[float(value) for value in row] for row in rows[1]] == [[1, 1]] * 8


@pytest.mark.parametrize(
    ("search", "title"),
    [
        ("?series=none", "No series selected"),
        ("?app=nobody-at-all", "Nothing matches the filter"),
        (
            "?start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z",
            "Nothing was measured in this range",
        ),
    ],
)
def test_history_says_why_it_shows_nothing(
    inside: Page, live_server: RunningServer, search: str, title: str
) -> None:
    opened_page = opened(inside, live_server, f"/history{search}")
    expect(opened_page.locator(".state-title")).to_have_text(title)


@pytest.mark.parametrize("page_of", ["/performance", "/history"])
def test_neither_page_scrolls_sideways_on_a_phone(
    inside: Page, live_server: RunningServer, measured_app: str, page_of: str
) -> None:
    inside.set_viewport_size({"width": 360, "height": 780})
    opened_page = opened(inside, live_server, f"{page_of}?range=1h&app={measured_app}")
    assert opened_page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
