"""Connection tests: stored, listed, forgotten, and the oldest give way."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.engine import Database
from models.operations import connection_tests
from models.operations.connection_tests import ConnectionTests, StoredTest
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def test_tests_are_stored_within_their_number(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_tests, "MOST_STORED", 2)
    repository = ConnectionTests(database)
    for number in range(3):
        test = StoredTest(UUID(int=number), NOON + number * HOUR, b"{}")
        repository.add(test)
        repository.add(test)
    assert [test.id.int for test in repository.newest(9)] == [2, 1]
    assert [test.id.int for test in repository.newest(9, (NOON, NOON + 2 * HOUR))] == [1]
    repository.forget(NOON + 2 * HOUR)
    assert repository.count() == 1
    assert repository.remove(UUID(int=2))
    assert not repository.remove(UUID(int=2))
