"""Cooperative waits for psycopg2 in a gevent worker: otherwise a query blocks all (measured).

A wait has a deadline of its own: a server that is frozen, or behind a connection lost silently,
enforces no timeout. Those of a request share its patience.
"""

from contextlib import suppress
from time import monotonic

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

from . import patience
from .patience import Patience

LONGEST_WAIT_SECONDS = 6.0  # a second more than the server's own statement_timeout
TURN_SECONDS = 0.25  # between two thoughts of a request that waits about going on


def install() -> None:
    """Make all psycopg2 connections of this process wait cooperatively. Call it after fork."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection) -> None:
    """Wait until `connection` has finished its command.

    Raises `psycopg2.OperationalError` after `LONGEST_WAIT_SECONDS`, or when the patience of the
    request ends; the connection is lost then.
    """
    of_request, waited = patience.current(), 0.0
    # What has arrived counts, however late this process is to see it: asked before each limit, and
    # a turn counts as no more than its length.
    while (state := connection.poll()) != extensions.POLL_OK:
        turn = min(_seconds_left(waited, of_request), TURN_SECONDS)
        ready = wait_read if state == extensions.POLL_READ else wait_write
        since = monotonic()
        with suppress(TimeoutError):
            ready(connection.fileno(), timeout=turn)
        spent = min(monotonic() - since, turn)
        waited += spent
        if of_request is not None:
            of_request.left -= spent


def _seconds_left(waited: float, of_request: Patience | None) -> float:
    """Of a wait. Raises `psycopg2.OperationalError` when it is over."""
    left = LONGEST_WAIT_SECONDS - waited
    if left <= 0:
        raise psycopg2.OperationalError(
            f"the server did not answer within {LONGEST_WAIT_SECONDS:g} s"
        )
    if of_request is None:
        return left
    if fault := of_request.fault():
        raise psycopg2.OperationalError(fault)
    return min(left, of_request.left)
