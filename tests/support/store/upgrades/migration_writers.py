"""Threads that write to a database while it is migrated, and what of it was acknowledged."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import msgspec
from sqlalchemy import text

from models.database import partitions
from models.database.engine import Database
from models.raw import client_reports, server_samples
from models.raw.client_reports import ClientReport
from models.raw.ingest_outcomes import OutcomeCount
from models.raw.server_samples import ServerSample
from tests.support.clock import NOON
from tests.support.store.upgrades import inserts_of_0011, inserts_of_0013

WAIT_SECONDS = 30
INSTANCE = "a web worker"
Write = Callable[[Database, int], None]


def a_report() -> ClientReport:
    return ClientReport(
        session_id=uuid4(), report_id=uuid4(), received_at=NOON, period_end=NOON,
        period_start=NOON - timedelta(seconds=15),
    )  # fmt: skip


def a_sample() -> ServerSample:
    return ServerSample(
        sample_id=uuid4(), period_start=NOON - timedelta(seconds=5), period_end=NOON,
        received_at=NOON, service="websocket-analytics", instance=INSTANCE, app="portal", opened=1,
    )  # fmt: skip


def count(database: Database, table: str) -> int:
    """The number of rows; `table` may go on with a WHERE clause."""
    with database.transaction() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def store_report(database: Database, _number: int) -> None:
    """One report, by the statement of the schema up to 0011."""
    values = {"rows": client_reports.as_json([a_report()]), "rows_given": 1}
    with database.autocommit() as connection:
        assert connection.execute(inserts_of_0011.REPORTS, values).one().stored == 1


def store_report_by_0013(database: Database, _number: int) -> None:
    """One report, by the statement of the schemas from 0012 to 0013."""
    values = {"rows": client_reports.as_json([a_report()]), "batch_size": 1}
    with database.autocommit() as connection:
        assert connection.execute(inserts_of_0013.REPORTS, values).first() == (1, None)


def store_sample(database: Database, _number: int) -> None:
    """One sample with one opened connection, by the statement of the schema up to 0011."""
    values = {"rows": server_samples.as_json([a_sample()])}
    with database.transaction() as connection:
        assert len(connection.execute(inserts_of_0011.SAMPLES, values).all()) == 1


def store_outcome(database: Database, number: int) -> None:
    """One accepted report counted, by the statement of the schema up to 0011."""
    rows = msgspec.json.encode([OutcomeCount(NOON, "reports", "accepted", "", 1)]).decode()
    values = {"instance": INSTANCE, "number": number, "rows": rows}
    with database.transaction() as connection:
        connection.execute(inserts_of_0011.OUTCOMES, values)


class Writer(threading.Thread):
    """Makes these writes in turn until it is stopped; `rounds` were acknowledged."""

    def __init__(self, database: Database, writes: tuple[Write, ...]) -> None:
        super().__init__(daemon=True)
        self.rounds = 0
        self.faults: list[Exception] = []
        self.has_begun = threading.Event()
        self._ended = threading.Event()
        self._database = database
        self._writes = writes

    def run(self) -> None:
        while not self._ended.is_set() and not self.faults:
            try:
                for write in self._writes:
                    write(self._database, self.rounds + 1)
                self.rounds += 1
            except Exception as fault:  # noqa: BLE001  the test asserts that there is none
                self.faults.append(fault)
            self.has_begun.set()

    def stop(self) -> None:
        """End after the write under way."""
        self._ended.set()
        self.join()

    def await_rounds(self, more: int) -> None:
        """Wait until so many more rounds were acknowledged, or one failed."""
        goal, pause = self.rounds + more, threading.Event()
        while self.rounds < goal and not self.faults:
            pause.wait(0.01)


@contextmanager
def writing(database: Database, *writes: Write) -> Iterator[Writer]:
    """A writer for the length of the block, on days that have their partitions."""
    for table in partitions.PARTITIONED:
        partitions.ensure(database, table, [NOON.date()])
    writer = Writer(database, writes)
    writer.start()
    assert writer.has_begun.wait(WAIT_SECONDS)
    try:
        yield writer
    finally:
        writer.stop()
