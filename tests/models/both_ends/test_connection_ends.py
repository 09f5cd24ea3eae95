"""Both ends of a connection in the store: they meet, the first stays, hours are counted."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.both_ends import end_insert, end_reading
from models.both_ends.connection_ends import BrowserEnd, ServerEnd
from models.both_ends.end_counts import EndCounts
from models.both_ends.end_reading import EndCount, EndFilter
from models.database.engine import Database
from tests.support.clock import NOON
from tests.support.store.ends import browser_end, server_end

HOUR = timedelta(hours=1)


def browser(number: int, ending: str = "1006/nobody", app: str = "a") -> BrowserEnd:
    return browser_end(app, UUID(int=number), NOON + timedelta(seconds=2), ending)


def server(number: int, ending: str = "1000/client") -> ServerEnd:
    return server_end("a", UUID(int=number), NOON, ending)


def confirm(_connection: object) -> None:
    """The scheduler leads."""


@pytest.fixture
def counts(database: Database) -> EndCounts:
    return EndCounts(database, confirm)


def record(database: Database, *ends: BrowserEnd | ServerEnd) -> None:
    with database.transaction() as connection:
        end_insert.record(connection, ends)


def read(database: Database, app: str | None = None) -> list[EndCount]:
    return list(end_reading.counts(database, NOON, NOON + HOUR, app))


def test_both_ends_meet_whichever_comes_first(database: Database, counts: EndCounts) -> None:
    record(database, browser(1), server(2))
    assert counts.count() == 1
    assert {(each.server, each.browser) for each in read(database)} == {
        ("none", "1006/nobody"), ("1000/client", "none"),
    }  # fmt: skip
    record(database, server(1), browser(2, "left"))
    assert counts.count() == 1
    assert read(database, "a") == [
        EndCount("a", "1000/client", "1006/nobody", 1), EndCount("a", "1000/client", "left", 1),
    ]  # fmt: skip
    assert counts.count() == 0
    assert read(database, "b") == []


def test_of_each_side_the_first_stays(database: Database) -> None:
    record(database, browser(1), browser(1, "1000/server"), server(1, "1001/server"))
    record(database, browser(1, "4000/page"), server(1, "4000/client"))
    (row,) = end_reading.connections(database, NOON, NOON + HOUR, EndFilter(), 10)
    assert (row.server, row.browser) == ("1001/server", "1006/nobody")
    assert (row.browser_sent, row.server_received, row.session_id) == (3, 3, UUID(int=7))


def test_what_a_server_does_not_tell_is_unknown(database: Database, counts: EndCounts) -> None:
    record(database, server(1, "unknown"), server(2, "1000"))
    counts.count()
    assert [each.server for each in read(database)] == ["1000", "unknown"]


def test_an_app_that_only_browsers_name_is_not_counted(
    database: Database, counts: EndCounts
) -> None:
    record(database, browser(1, app="forged"))
    counts.count()
    assert read(database) == []
    assert len(end_reading.connections(database, NOON, NOON + HOUR, EndFilter(), 10)) == 1


def test_connections_are_read_by_their_endings(database: Database) -> None:
    record(database, server(1), browser(1), server(2, "1012/server"), browser(2, "1012/server"))

    def ids(selected: EndFilter, limit: int = 10) -> list[int]:
        rows = end_reading.connections(database, NOON, NOON + HOUR, selected, limit)
        return [row.connection_id.int for row in rows]

    assert ids(EndFilter()) == [1, 2]
    assert ids(EndFilter(), 1) == [1]
    assert ids(EndFilter(server="1012/server")) == [2]
    assert ids(EndFilter(browser="1006/nobody", app="a")) == [1]
    assert ids(EndFilter(id=UUID(int=2))) == [2]
    assert ids(EndFilter(app="b")) == []


def test_what_is_old_is_forgotten(database: Database, counts: EndCounts) -> None:
    record(database, server(1), browser(1))
    counts.count()
    counts.forget(NOON + HOUR, NOON)
    assert end_reading.connections(database, NOON, NOON + HOUR, EndFilter(), 10) == []
    assert len(read(database)) == 1
    counts.forget(NOON + HOUR, NOON + HOUR)
    assert read(database) == []
