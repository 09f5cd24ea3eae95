"""The first day: from a bare start behind nginx with a certificate of one's own to the first own
socket, a page of another origin included, without a look into the source."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.support.servers.chromium import PROGRAMS, USER_AGENT
from tests.support.servers.proxies import HOST, RunningProxy, running_proxy
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    SupervisedInstallation,
    open_folder,
)

ADDRESS = f"https://{HOST}"
PORTAL = "portal.localhost"
PATIENCE_MS = 60_000
CHAT = """<!doctype html><title>portal</title>{snippet}
<script>
  const socket = new WebSocket('wss://{host}/ws?app=portal')
  socket.onopen = () => socket.send(JSON.stringify({{type: 'ping', id: 1}}))
</script>"""
pytestmark = [pytest.mark.deep, pytest.mark.timeout(600)]


def fingerprint(proxy: RunningProxy) -> str:
    """The digest of the public key, by which Chromium is told to trust the certificate."""
    pem = proxy.certificate.cert_chain_pems[0].bytes()
    key = x509.load_pem_x509_certificate(pem).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()


@contextmanager
def browser_behind(playwright: Playwright, proxy: RunningProxy) -> Iterator[Browser]:
    """Chromium that finds the host at the proxy and trusts its certificate alone."""
    path = next(Path("/usr/bin") / name for name in PROGRAMS if (Path("/usr/bin") / name).exists())
    browser = playwright.chromium.launch(
        executable_path=path,
        args=[
            f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{proxy.port}",
            f"--ignore-certificate-errors-spki-list={fingerprint(proxy)}",
            f"--user-agent={USER_AGENT}",
        ],
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def portal(page_text: str) -> Iterator[str]:
    """A page of another origin; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page_text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{PORTAL}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def sign_in(page: Page) -> None:
    page.goto(f"{ADDRESS}/admin/setup")
    page.fill("#email", ADMIN_EMAIL)
    page.fill("#password", ADMIN_PASSWORD)
    page.click("button[type=submit]")


def test_from_a_bare_start_to_the_first_own_socket() -> None:
    with open_folder() as folder, sync_playwright() as playwright:
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
                watch_the_first_socket(browser, page)


def refused_sign_in(page: Page) -> dict[str, str]:
    """With the defaults the page says what to set; as settings."""
    sign_in(page)
    text = page.locator(".mismatch-settings").inner_text(timeout=PATIENCE_MS)
    return dict(line.split("=", 1) for line in text.split())


def watch_the_first_socket(browser: Browser, page: Page) -> None:
    """Sign in, copy the lines, be refused from another origin, allow it, see its socket."""
    sign_in(page)
    snippet = page.locator(".setup .snippet code").first.inner_text(timeout=PATIENCE_MS)
    assert ADDRESS in snippet
    with portal(CHAT.format(snippet=snippet, host=HOST)) as address:
        visitor = browser.new_page()
        visitor.goto(address)
        for _ in range(2):  # its socket to us, and its reports
            page.locator("button", has_text="Allow").first.click(timeout=PATIENCE_MS)
            expect(page.locator(".banner")).to_contain_text("every worker", timeout=PATIENCE_MS)
            page.wait_for_timeout(6_000)
            visitor.reload()
        row = page.locator("#setup-accepted tr", has_text=PORTAL)
        expect(row).to_contain_text("yes", timeout=PATIENCE_MS)
        expect(page.locator("[data-panel=setup-first]")).to_have_class(
            "panel panel-wide panel-full is-ready is-alone", timeout=PATIENCE_MS
        )
