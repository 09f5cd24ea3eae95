"""A unit of rollup: of two processes only the first one rolls up a source."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from models.database.engine import Database
from models.rollups.rollup_unit import RollupBusy, unit


def test_a_source_is_rolled_up_by_a_single_process(database: Database) -> None:
    with unit(database, "reports"):
        with pytest.raises(RollupBusy, match="rolls up reports"), unit(database, "reports"):
            pass
        with unit(database, "samples") as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_unit_that_fails_leaves_neither_lock_nor_rows(database: Database) -> None:
    insert = text("INSERT INTO dirty_minutes (source, minute) VALUES ('reports', now())")
    with suppress(ZeroDivisionError), unit(database, "reports") as connection:
        connection.execute(insert)
        raise ZeroDivisionError
    with unit(database, "reports") as connection:
        assert connection.execute(text("SELECT count(*) FROM dirty_minutes")).scalar_one() == 0


def test_a_frozen_process_does_not_block_the_others_for_ever(database: Database) -> None:
    with unit(database, "reports") as connection:
        query = text("SHOW idle_in_transaction_session_timeout")
        assert connection.execute(query).scalar_one() == "20s"
    with database.transaction() as connection:  # the same pooled connection
        assert connection.execute(query).scalar_one() == "0"
