"""The first day: from a bare start behind nginx with a certificate of one's own to the first own
socket, a page of another origin included, without a look into the source."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.support.proxies.programs import HOST, running_proxy
from tests.support.proxies.trusting_browser import PORTAL, browser_behind, portal
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    SupervisedInstallation,
    open_folder,
)

ADDRESS = f"https://{HOST}"
PATIENCE_MS = 60_000
CHAT = """<!doctype html><title>portal</title>{snippet}
<script>
  const socket = new WebSocket('wss://{host}/ws?app=portal')
  socket.onopen = () => socket.send(JSON.stringify({{type: 'ping', id: 1}}))
</script>"""
pytestmark = [pytest.mark.deep, pytest.mark.timeout(600)]


def sign_in(page: Page) -> None:
    page.goto(f"{ADDRESS}/admin/setup")
    page.fill("#email", ADMIN_EMAIL)
    page.fill("#password", ADMIN_PASSWORD)
    page.click("button[type=submit]")


def test_from_a_bare_start_to_the_first_own_socket(playwright: Playwright) -> None:
    with open_folder() as folder:
        secrets = {"ADMIN_PASSWORD": ADMIN_PASSWORD}
        plain = SupervisedInstallation(folder / "data", **secrets)
        with (
            running_proxy("nginx", folder, plain.port) as proxy,
            browser_behind(playwright, proxy) as browser,
        ):
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            with plain.up():
                cure = refused_sign_in(page)
            assert cure["PUBLIC_URL"] == ADDRESS
            configured = SupervisedInstallation(folder / "data", **secrets, **cure)
            configured.port = plain.port
            configured.url = plain.url
            with configured.up():
                watch_the_first_socket(browser, page, folder / "portal")


def refused_sign_in(page: Page) -> dict[str, str]:
    """With the defaults the page says what to set; as settings."""
    sign_in(page)
    text = page.locator(".mismatch-settings").inner_text(timeout=PATIENCE_MS)
    return dict(line.split("=", 1) for line in text.split())


def watch_the_first_socket(browser: Browser, page: Page, folder: Path) -> None:
    """Sign in, copy the lines, be refused from another origin, allow it, see its socket."""
    sign_in(page)
    snippet = page.locator(".setup .snippet code").first.inner_text(timeout=PATIENCE_MS)
    assert ADDRESS in snippet
    folder.mkdir()
    (folder / "index.html").write_text(CHAT.format(snippet=snippet, host=HOST))
    with portal(folder) as address:
        visitor = browser.new_page()
        visitor.goto(address)
        for _ in range(2):  # its socket to us, and its reports
            page.locator("button", has_text="Allow").first.click(timeout=PATIENCE_MS)
            expect(page.locator(".banner")).to_contain_text("Every worker", timeout=PATIENCE_MS)
            page.wait_for_timeout(6_000)
            visitor.reload()
        row = page.locator("#setup-accepted tr", has_text=PORTAL)
        expect(row).to_contain_text("yes", timeout=PATIENCE_MS)
        expect(page.locator("[data-panel=setup-first]")).to_have_class(
            "panel panel-wide panel-full is-ready is-alone", timeout=PATIENCE_MS
        )
