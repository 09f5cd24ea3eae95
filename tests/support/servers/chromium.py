"""Chromium for tests, and a page whose console and requests are watched."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
)

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 30_000  # timeout of every expectation: a busy machine renders late
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1", None})
STORED = "local_storage,session_storage,indexeddb,cache_storage,service_workers"
# A test plays a person: as HeadlessChrome its sessions would be those of an automated check.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, else playwright's own. Fails the test when there is none."""
    path = next(filter(None, map(shutil.which, PROGRAMS)), None)
    path = path or playwright.chromium.executable_path
    if not Path(path).exists():
        pytest.fail(
            "There is no browser. Install Debian's: apt-get install chromium, "
            "or playwright's: python -m playwright install chromium."
        )
    expect.set_options(timeout=PATIENCE_MS)
    options = ["--disable-dev-shm-usage", "--disable-component-update", "--no-first-run"]
    options.append(f"--user-agent={USER_AGENT}")
    return playwright.chromium.launch(executable_path=path, args=options)


class Watch:
    """Records `console_errors` and `foreign_requests` of a page, which fail its test.

    A test that provokes one clears it after checking it.
    """

    def __init__(self, page: Page) -> None:
        self.console_errors: list[str] = []
        self.foreign_requests: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in LOCAL_HOSTS:
            self.foreign_requests.append(request.url)

    def assert_clean(self) -> None:
        """Fail on any console error, page error or request to another host."""
        assert not self.console_errors, self.console_errors
        assert not self.foreign_requests, self.foreign_requests


def new_context(browser: Browser) -> BrowserContext:
    """A context of the tests' window and zone."""
    return browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")


@contextmanager
def watched_page(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page in a context of its own, with its watch."""
    context = new_context(browser)
    try:
        page = context.new_page()
        yield page, Watch(page)
    finally:
        context.close()


@contextmanager
def cached_page(context: BrowserContext) -> Iterator[tuple[Page, Watch]]:
    """A page in a context whose cache others have filled, as people's is: a quarter of the work of
    a first visit. Cookies, storage and permissions are gone afterwards."""
    page = context.new_page()
    origins: set[str] = set()
    page.on("framenavigated", lambda frame: origins.add(_origin(frame.url)))
    try:
        yield page, Watch(page)
    finally:
        _forget(context, origins)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _forget(context: BrowserContext, origins: set[str]) -> None:
    first, *others = context.pages
    for each in others:
        each.close()
    session = context.new_cdp_session(first)
    for origin in origins:
        stored = {"origin": origin, "storageTypes": STORED}
        session.send("Storage.clearDataForOrigin", stored)
    first.close()
    context.clear_cookies()
    context.clear_permissions()
