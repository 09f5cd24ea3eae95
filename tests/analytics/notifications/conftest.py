"""The delivery job on the test's database, and a mailbox for a local mail server."""

from collections.abc import Callable

import pytest

from models.database.engine import Database
from tests.support.clock import Clock
from tests.support.receivers.mail_server import Mailbox
from tests.support.servers.delivery_job import DeliveryHarness


@pytest.fixture
def make_harness(database: Database, clock: Clock) -> Callable[..., DeliveryHarness]:
    """Makes a harness with these settings."""

    def make(**settings: object) -> DeliveryHarness:
        return DeliveryHarness(database, clock, **settings)

    return make


@pytest.fixture
def mailbox() -> Mailbox:
    """An empty one that accepts everything."""
    return Mailbox()
