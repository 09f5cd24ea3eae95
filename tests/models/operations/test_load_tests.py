"""Load tests: stored once, limited in number, listed without their reports, forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.database.engine import Database
from models.operations import load_tests
from models.operations.load_tests import LoadTests, StoredLoadTest, TooManyLoadTests
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def run(number: int, started: datetime = NOON, report: bytes = b"{}") -> StoredLoadTest:
    return StoredLoadTest(
        UUID(int=number), started, started + HOUR, NOON, "ada", b'{"id":1}', report
    )


def test_a_run_is_stored_once_read_listed_and_removed(database: Database) -> None:
    repository = LoadTests(database)
    early, late = run(1), run(2, NOON + HOUR)
    assert repository.add(early) == early
    assert repository.add(run(1, report=b"other")) == early
    repository.add(late)
    assert [each.id for each in repository.newest(10)] == [late.id, early.id]
    assert repository.newest(10)[0].report == b""
    window = (NOON - HOUR, NOON + HOUR)  # its end excluded
    assert [each.id for each in repository.newest(10, window)] == [early.id]
    assert repository.report(early.id) == b"{}"
    assert repository.remove(early.id)
    assert not repository.remove(early.id)
    assert repository.report(early.id) is None
    repository.forget(NOON + 3 * HOUR)
    assert repository.newest(10) == []


def test_their_number_is_limited(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_tests, "MOST_LOAD_TESTS", 1)
    LoadTests(database).add(run(1))
    LoadTests(database).add(run(1))
    with pytest.raises(TooManyLoadTests):
        LoadTests(database).add(run(2))
