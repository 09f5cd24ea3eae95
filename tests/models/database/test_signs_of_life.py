"""Signs of life: a transaction of a process that computes goes on, and errors are its own."""

import time
from contextlib import nullcontext

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError, ProgrammingError

from models.database.engine import Database, DatabaseAway
from models.database.signs_of_life import signs_of_life

LIMIT_SECONDS = 0.5
LIMIT = text(f"SET LOCAL idle_in_transaction_session_timeout = '{LIMIT_SECONDS} s'")
QUERY = text("SELECT 1")


@pytest.mark.parametrize("has_signs", [True, False])
def test_the_server_ends_a_transaction_without_them(database: Database, *, has_signs: bool) -> None:
    is_ended = nullcontext() if has_signs else pytest.raises(DatabaseAway)
    with is_ended, database.transaction() as connection:
        connection.execute(LIMIT)
        with signs_of_life(connection, LIMIT_SECONDS / 10) if has_signs else nullcontext():
            time.sleep(3 * LIMIT_SECONDS)
            connection.execute(QUERY)


def test_a_statement_that_fails_raises_its_own_error(database: Database) -> None:
    with database.transaction() as connection, signs_of_life(connection, LIMIT_SECONDS / 10):
        with pytest.raises(ProgrammingError, match="nowhere"):
            connection.execute(text("SELECT * FROM nowhere"))
        time.sleep(LIMIT_SECONDS)
        with pytest.raises(InternalError, match="aborted"):
            connection.execute(QUERY)
