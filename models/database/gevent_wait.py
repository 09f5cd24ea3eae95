"""Cooperative waits for psycopg2 in a gevent worker: otherwise a query blocks all (measured).

A wait has a deadline of its own: a server that is frozen, or behind a connection lost silently,
enforces no timeout.
"""

from time import monotonic

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

LONGEST_WAIT_SECONDS = 6.0  # a second more than the server's own statement_timeout


def install() -> None:
    """Make all psycopg2 connections of this process wait cooperatively. Call it after fork."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection) -> None:
    """Wait until `connection` has finished its command.

    Raises `psycopg2.OperationalError` after `LONGEST_WAIT_SECONDS`; the connection is lost
    then.
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
