"""The pages in a real browser against a real server and database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import Page, expect

from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.pages.accessibility import fits
from tests.support.servers.api_client import ApiClient
from tests.support.servers.chromium import Watch
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in
from tests.support.servers.socket_clients import RoomClient
from tests.support.store.report_factory import report

CLIENT = "/admin/websocket-client-metrics"


@pytest.fixture
def signed_in(page: Page, live_server: RunningServer) -> Page:
    sign_in(page, live_server)
    return page


@pytest.fixture(scope="module")
def reporting_app(live_server: RunningServer) -> Iterator[str]:
    """An app of which four sessions have reported, one of them with a drop."""
    database = Database(live_server.database_url)
    now = datetime.now(UTC)
    ClientReports(database).insert(
        [
            report(
                app="<b>told</b>",
                period_end=now - timedelta(minutes=10 + 7 * index),
                latency_ms=(40.0, 50.0, 90.0),
                attempts=2,
                opened=2,
                drops=int(index == 0),
                reconnect_attempts=int(index == 0),
                reconnect_successes=int(index == 0),
                recovery_ms=(1200,) if index == 0 else (),
                abnormal_closes=int(index == 0),
                close_codes={"1006": 1} if index == 0 else {"1000": 1},
                effective_type="4g",
            )
            for index in range(4)
        ]
    )
    yield "<b>told</b>"
    database.dispose()


def open_client(page: Page, server: RunningServer, search: str) -> None:
    page.goto(server.url + CLIENT + search)
    expect(page.locator(".strip .card-value")).to_have_count(8)
    expect(page.locator(".menu-range")).to_be_visible()


def card(page: Page, label: str) -> str:
    cell = page.locator(f'.card-cell:has(.card-label:text-is("{label}"))')
    return cell.locator(".card-value").inner_text()


def test_the_client_overview_shows_what_was_reported(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    open_client(signed_in, live_server, f"?app={reporting_app}")
    assert card(signed_in, "Sessions") == "4"
    assert card(signed_in, "Stability") == "75.0"
    assert card(signed_in, "Drops") == "1"
    cautions = signed_in.locator(".card-caution")
    expect(cautions).to_have_count(5)
    expect(cautions.nth(0)).to_contain_text("one session makes 25.0")
    expect(signed_in.locator(".panel.is-ready")).to_have_count(7)
    expect(signed_in.locator("[data-panel=closes]")).to_contain_text(
        "closed abnormally (no close frame)"
    )


def test_what_a_client_sent_stays_text(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    open_client(signed_in, live_server, f"?app={reporting_app}")
    assert signed_in.locator(".chip-value").inner_text() == reporting_app
    assert signed_in.locator(".chip-value b").count() == 0


def test_an_empty_range_says_what_to_do(signed_in: Page, live_server: RunningServer) -> None:
    open_client(signed_in, live_server, "?start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z")
    expect(signed_in.locator(".state-title")).to_have_text("No reports in this range")
    expect(signed_in.locator(".snippet code")).to_contain_text("/sdk/websocket-client-monitor.js")


def test_a_filter_that_matches_nothing_offers_to_clear_itself(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    open_client(signed_in, live_server, f"?app={reporting_app}&release=9")
    signed_in.get_by_role("link", name="Clear Release 9").click()
    expect(signed_in.locator(".panel.is-ready")).to_have_count(7)
    assert "release" not in signed_in.url


def test_a_preset_in_the_address_survives_a_reload(
    signed_in: Page, live_server: RunningServer
) -> None:
    open_client(signed_in, live_server, "")
    signed_in.locator(".menu-range summary").click()
    signed_in.get_by_role("link", name="Last 7 days").click()
    expect(signed_in.locator(".menu-range summary")).to_contain_text("Last 7 days")
    signed_in.reload()
    expect(signed_in.locator(".menu-range summary")).to_contain_text("Last 7 days")


def test_the_theme_changes_in_the_browser_and_survives_a_reload(
    signed_in: Page, live_server: RunningServer
) -> None:
    open_client(signed_in, live_server, "")
    signed_in.click("#theme-switch")
    expect(signed_in.locator("html")).to_have_attribute("data-bs-theme", "dark")
    signed_in.reload()
    expect(signed_in.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_window_that_changes_before_the_page_is_laid_out_is_no_error(
    signed_in: Page, live_server: RunningServer, watch: Watch
) -> None:
    signed_in.add_init_script(
        "const turn = setInterval(() => {"
        "  document.documentElement.dataset.bsTheme = 'dark'; dispatchEvent(new Event('resize'));"
        "  if (document.querySelector('main')) clearInterval(turn);"
        "}, 1)"
    )
    open_client(signed_in, live_server, "")
    expect(signed_in.locator("html")).to_have_attribute("data-bs-theme", "dark")
    watch.assert_clean()


def test_a_chart_is_also_a_table_and_a_file(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    open_client(signed_in, live_server, f"?app={reporting_app}")
    panel = signed_in.locator("[data-panel=round-trip]")
    panel.locator(".panel-more").click()
    panel.get_by_role("button", name="Show as table").click()
    expect(panel.locator("tbody tr")).to_have_count(4)
    panel.locator(".panel-more").click()
    with signed_in.expect_download() as download:
        panel.get_by_role("button", name="Download CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "time,p99_ms,p95_ms,p50_ms,n"
    assert len(lines) == 5


@pytest.mark.parametrize(
    "where",
    ["?app=nobody", "/messages?app=nobody", "/rooms?service=x", "/performance?range=1h&app=nobody"],
)
def test_a_single_click_clears_a_filter_that_matches_no_socket(
    signed_in: Page, live_server: RunningServer, api: ApiClient, where: str
) -> None:
    with RoomClient(live_server, app="filtered") as talker:
        talker.join("hall")
        api.metrics_when(lambda m: m["rooms"]["active"] == 1, app="filtered")
        signed_in.goto(f"{live_server.url}/admin/websocket-analytics{where}")
        expect(signed_in.locator(".state-title")).to_have_text("No sockets match the filter")
        signed_in.get_by_role("link", name="Show all").click()
        expect(signed_in.locator(".panel.is-ready").first).to_be_visible()


def test_a_deployment_is_marked_on_every_chart(
    signed_in: Page, live_server: RunningServer, api: ApiClient
) -> None:
    event = {"kind": "deploy", "title": "<i>2.4.1</i>", "app": "marked"}
    bearer = {"Authorization": f"Bearer {api.token('ingest')}"}
    assert requests.post(api.url + "/api/ws/events", json=event, headers=bearer, timeout=5).ok
    with RoomClient(live_server, app="marked") as talker:
        talker.request(type="ping")
        api.metrics_when(lambda m: m["connections"]["active"] == 1, app="marked")
        signed_in.goto(f"{live_server.url}/admin/websocket-analytics?app=marked")
        charts = signed_in.locator(".panel.is-ready .chart-place")
        marks = charts.get_by_text("<i>2.4.1</i>", exact=True)
        expect(marks.first).to_be_visible()
        assert marks.count() == charts.count()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (
            "/admin/websocket-analytics?start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z",
            "No sockets in this range",
        ),
        ("/admin/nowhere", "There is no page at this address"),
    ],
)
def test_an_empty_or_missing_page_has_its_title(
    signed_in: Page, live_server: RunningServer, path: str, title: str
) -> None:
    signed_in.goto(live_server.url + path)
    expect(signed_in.locator(".state-title")).to_have_text(title)


def test_an_admin_makes_and_revokes_a_token(signed_in: Page, live_server: RunningServer) -> None:
    signed_in.goto(live_server.url + "/admin/people")
    signed_in.fill("#token-name", "from the page")
    signed_in.click("#token-add")
    expect(signed_in.locator(".snippet code")).not_to_be_empty()
    row = signed_in.locator("#token-list tr", has_text="from the page")
    row.locator("summary").click()
    row.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)


def test_no_page_scrolls_sideways(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    signed_in.set_viewport_size({"width": 360, "height": 844})
    open_client(signed_in, live_server, f"?app={reporting_app}")
    fits(signed_in, 360, 390, 768, 1440)


def test_dragging_over_a_chart_zooms_the_page_and_a_double_click_returns(
    signed_in: Page, live_server: RunningServer, reporting_app: str
) -> None:
    open_client(signed_in, live_server, f"?range=1h&app={reporting_app}")
    plot = signed_in.locator("[data-panel=round-trip] .nsewdrag").bounding_box()
    assert plot is not None
    middle = plot["y"] + plot["height"] / 2
    signed_in.mouse.move(plot["x"] + 100, middle)
    signed_in.mouse.down()
    signed_in.mouse.move(plot["x"] + 300, middle, steps=4)
    signed_in.mouse.up()
    signed_in.wait_for_url("**start=*")
    signed_in.mouse.dblclick(plot["x"] + 200, middle)
    signed_in.wait_for_url(lambda url: "range=1h" in url)


def test_an_open_page_reports_that_its_session_ended(
    signed_in: Page, live_server: RunningServer, watch: Watch
) -> None:
    open_client(signed_in, live_server, "")
    signed_in.context.clear_cookies()
    signed_in.locator(".menu-compare summary").click()
    signed_in.get_by_role("link", name="Off").click()
    expect(signed_in.locator("#notice")).to_contain_text("You were signed out.")
    watch.console_errors.clear()
