"""Signs of life in a transaction: the server may end one whose process is frozen, not one whose
process computes, or waits for a busy machine, between two statements.

A thread of its own asks the empty question, which a process that is stopped does not.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from sqlalchemy import Connection

IDLE_MS = 20_000  # without any: a frozen process, or a lost node, must not block the others
INTERVAL_SECONDS = IDLE_MS / 1000 / 4


@contextmanager
def signs_of_life(connection: Connection, seconds: float = INTERVAL_SECONDS) -> Iterator[None]:
    """One every so many seconds within the block. Statements of two threads on one connection
    follow each other (psycopg2); so not where its waits are cooperative."""
    ended = threading.Event()
    driver = connection.connection.driver_connection
    thread = threading.Thread(target=_ask, args=(driver, ended, seconds), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _ask(driver: "psycopg2.extensions.connection", ended: threading.Event, seconds: float) -> None:
    """Until the end, or an error, which the next statement of the block tells."""
    while not ended.wait(seconds):
        try:
            with driver.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.Error:
            return
