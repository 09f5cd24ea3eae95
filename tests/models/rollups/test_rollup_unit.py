"""A unit of rollup: of two processes only the first one rolls up a source."""

import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from sqlalchemy import text

from models.database.engine import Database
from models.rollups.rollup_unit import RollupBusy, unit
from settings import CHECKOUT

LIMIT_MS = 800
PATIENCE_SECONDS = 60.0


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


def test_the_limit_of_a_unit_ends_with_it(database: Database) -> None:
    with unit(database, "reports") as connection:
        query = text("SHOW idle_in_transaction_session_timeout")
        assert connection.execute(query).scalar_one() == "20s"
    with database.transaction() as connection:  # the same pooled connection
        assert connection.execute(query).scalar_one() == "0"


def test_a_unit_may_compute_for_longer_than_the_limit_of_idleness(database: Database) -> None:
    insert = text("INSERT INTO dirty_minutes (source, minute) VALUES ('reports', now())")
    with unit(database, "reports", idle_ms=LIMIT_MS) as connection:
        time.sleep(3 * LIMIT_MS / 1000)
        connection.execute(insert)
    with unit(database, "reports") as connection:
        assert connection.execute(text("SELECT count(*) FROM dirty_minutes")).scalar_one() == 1


FROZEN = """
import sys
from models.database.engine import Database
from models.rollups.rollup_unit import unit
with unit(Database(sys.argv[1]), "reports", idle_ms=int(sys.argv[2])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_frozen_process_does_not_block_the_others_for_ever(database: Database) -> None:
    command = [sys.executable, "-c", FROZEN, database.url, str(LIMIT_MS)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        process.send_signal(signal.SIGSTOP)
        try:
            _wait_until_free(database)
        finally:
            process.kill()


def _wait_until_free(database: Database) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with unit(database, "reports"):
                return
        except RollupBusy:
            assert time.monotonic() < deadline
            time.sleep(0.05)
