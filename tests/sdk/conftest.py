"""The protocol readers, a real WebSocket server, and a page of it with the monitor."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.servers.chromium import Watch
from tests.support.servers.monitored_page import MonitoredPage
from tests.support.servers.protocol_page import ProtocolPage, protocol_page
from tests.support.servers.socket_server import SocketServer, socket_server


@pytest.fixture(scope="session")
def readers(chromium: Browser) -> Iterator[ProtocolPage]:
    """The protocol readers in a Chromium."""
    with protocol_page(chromium) as page:
        yield page


@pytest.fixture(scope="session")
def server() -> Iterator[SocketServer]:
    """Echoes, and ends connections as it is told to."""
    with socket_server() as running:
        yield running


@pytest.fixture
def real(page: Page, watch: Watch, server: SocketServer) -> MonitoredPage:
    """A page with the monitor on `server`; its sockets are real, the test controls its clock."""
    page.clock.install()
    return MonitoredPage(page, watch, server)
