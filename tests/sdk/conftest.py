"""Pages of the browser monitor's tests: with real sockets, and with the protocol readers alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.servers.chromium import Watch, watched_page
from tests.support.servers.monitored_page import MonitoredPage
from tests.support.servers.protocol_page import ProtocolPage, protocol_page
from tests.support.servers.socket_server import SocketServer, socket_server


@pytest.fixture(scope="session")
def server() -> Iterator[SocketServer]:
    """Echoes, and ends connections as it is told to."""
    with socket_server() as running:
        yield running


@pytest.fixture
def watched(chromium: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page in a context of its own, and its watch: the clock of a page is that of its context."""
    with watched_page(chromium) as (page, watch):
        yield page, watch
        watch.assert_clean()


@pytest.fixture
def real(page: Page, watch: Watch, server: SocketServer) -> MonitoredPage:
    """A page with the monitor on `server`; its sockets are real, the test controls its clock."""
    page.clock.install()
    return MonitoredPage(page, watch, server)


@pytest.fixture(scope="session")
def readers(chromium: Browser) -> Iterator[ProtocolPage]:
    """The protocol readers in a Chromium."""
    with protocol_page(chromium) as page:
        yield page
