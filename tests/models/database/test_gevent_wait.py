"""Queries wait cooperatively, and not for ever, for a server that does not respond."""

from collections.abc import Iterator

import gevent
import psycopg2
import pytest
from psycopg2 import extensions
from sqlalchemy.engine import make_url

from models.database import gevent_wait


@pytest.fixture
def connection(database_url: str) -> Iterator[extensions.connection]:
    url = make_url(database_url).set(drivername="postgresql")
    gevent_wait.install()
    opened = psycopg2.connect(url.render_as_string(hide_password=False))
    yield opened
    extensions.set_wait_callback(None)
    opened.close()


def test_others_work_while_a_query_waits(connection: extensions.connection) -> None:
    order = []
    other = gevent.spawn(lambda: order.append("other"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02), 7")
        order.append("query")
        assert cursor.fetchone() == ("", 7)
    other.join()
    assert order == ["other", "query"]


def test_a_silent_server_is_abandoned(
    connection: extensions.connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gevent_wait, "LONGEST_WAIT_SECONDS", 0.05)
    with (
        connection.cursor() as cursor,
        pytest.raises(psycopg2.OperationalError, match=r"did not answer within 0\.05 s"),
    ):
        cursor.execute("SELECT pg_sleep(30)")


def test_a_wrong_statement_is_still_named(connection: extensions.connection) -> None:
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.UndefinedTable):
        cursor.execute("SELECT 1 FROM nothing_of_this_name")
