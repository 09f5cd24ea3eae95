"""A database of the test's own for migrations."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from models.database.engine import Database
from tests.support.store.postgres import new_database


@pytest.fixture
def fresh(embedded_url: str) -> Iterator[Database]:
    """An empty database of the test's own, not migrated."""
    database = Database(new_database(embedded_url, f"migrations_{uuid4().hex[:8]}"))
    yield database
    database.dispose()
