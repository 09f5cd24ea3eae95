"""Lets psycopg2 wait inside a gevent worker: without it one query freezes everybody (measured).

A wait has a deadline by the wall clock: a server that is frozen, or cut off without a word, never
answers and keeps no timeout of its own either.
"""

from time import monotonic

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

LONGEST_WAIT_SECONDS = 6.0  # a second more than the server's own statement_timeout


def install() -> None:
    """Make every psycopg2 connection of this process wait the gevent way. Call it after fork."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection) -> None:
    """Wait until `connection` has finished what it was told.

    Raises `psycopg2.OperationalError` after `LONGEST_WAIT_SECONDS`; the connection is lost then.
    """
    deadline = monotonic() + LONGEST_WAIT_SECONDS
    while (state := connection.poll()) != extensions.POLL_OK:
        ready = wait_read if state == extensions.POLL_READ else wait_write
        left = deadline - monotonic()
        try:
            ready(connection.fileno(), timeout=max(left, 0.001))
        except TimeoutError:
            raise psycopg2.OperationalError(
                f"the server did not answer within {LONGEST_WAIT_SECONDS:g} s"
            ) from None
