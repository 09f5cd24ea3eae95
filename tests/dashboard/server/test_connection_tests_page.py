"""The connection tests of the Testing page in a real browser: run, cancelled, compared."""

from playwright.sync_api import Page, expect

from tests.support.servers.chromium import Watch
from tests.support.servers.running_server import RunningServer
from tests.support.servers.sign_in import sign_in

TESTING = "/admin/websocket-analytics/testing"


def opened(page: Page, server: RunningServer) -> None:
    sign_in(page, server)
    page.goto(server.url + TESTING)
    expect(page.locator("[data-test=basic] [data-part=run]")).to_be_enabled()


def run(page: Page, kind: str, verdict: str = "Passed", **options: int) -> None:
    panel = page.locator(f"[data-test={kind}]")
    for name, value in options.items():
        panel.locator(f"input[name={name}]").fill(str(value))
    panel.locator("[data-part=run]").click()
    expect(panel.locator(".tag")).to_have_text(verdict, timeout=30_000)


def test_the_three_tests_run_and_two_of_a_kind_are_compared(
    page: Page, live_server: RunningServer
) -> None:
    opened(page, live_server)
    run(page, "basic")
    rows = page.locator("[data-test=basic] .test-row")
    expect(rows).to_have_count(8)  # three of the browser, five of the server without TLS
    expect(rows.first).to_contain_text("Handshake")
    run(page, "echo", rate=50, seconds=1)
    expect(page.locator(".test-histogram")).to_be_visible()
    expect(page.locator(".test-figures")).to_contain_text("Lost0 of 50")
    run(page, "echo", rate=40, seconds=1)
    boxes = page.locator(".test-history tbody input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(page.locator(".test-comparison tbody tr")).to_have_count(6)


def test_a_pool_says_where_its_connections_are(page: Page, live_server: RunningServer) -> None:
    opened(page, live_server)
    panel = page.locator("[data-test=pool]")
    panel.locator("input").fill("20")
    panel.locator("[data-part=run]").click()
    expect(panel.locator(".tag")).to_be_visible(timeout=40_000)
    counts = [int(text) for text in panel.locator(".test-row .num").all_inner_texts()]
    assert sum(counts) == 20
    expect(panel).to_contain_text("Open files per worker")


def test_a_running_test_is_cancelled_by_its_button_and_by_leaving(
    page: Page, live_server: RunningServer
) -> None:
    opened(page, live_server)
    panel = page.locator("[data-test=echo]")
    for leave in (False, True):
        panel.locator("input[name=seconds]").fill("60")
        panel.locator("[data-part=run]").click()
        expect(panel.locator("[data-part=status]")).to_contain_text("of 600")
        if leave:
            page.get_by_role("link", name="Rooms").click()
            expect(page.locator("#connection-tests")).to_have_count(0)
            page.go_back()
        else:
            panel.locator("[data-part=run]").click()
            expect(panel.locator(".tag")).to_have_text("Cancelled")
    expect(page.locator(".test-history .tag-unknown").nth(1)).to_be_visible(timeout=15_000)


def test_a_server_that_goes_in_the_middle_is_reported(
    page: Page, live_server: RunningServer, watch: Watch
) -> None:
    opened(page, live_server)
    panel = page.locator("[data-test=echo]")
    panel.locator("input[name=seconds]").fill("60")
    panel.locator("[data-part=run]").click()
    expect(panel.locator("[data-part=status]")).to_contain_text("of 600")
    live_server.kill_workers()
    expect(panel.locator("[data-part=status]")).to_contain_text("This server is gone after")
    live_server.wait_until_answering()
    panel.locator("input[name=seconds]").fill("1")
    run(page, "echo")
    assert all("ERR_" in error or "WebSocket" in error for error in watch.console_errors)
    watch.console_errors.clear()
