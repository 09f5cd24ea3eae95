"""A page with the protocol readers for all their tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.servers.protocol_page import ProtocolPage, protocol_page


@pytest.fixture(scope="session")
def readers(chromium: Browser) -> Iterator[ProtocolPage]:
    """The protocol readers in a Chromium."""
    with protocol_page(chromium) as page:
        yield page
