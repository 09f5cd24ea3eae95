"""Whether the store answers at all: asked on a connection of its own, at short intervals.

A slow statement and a store that hangs look alike to who waits for an answer; the pulse tells them
apart, so that slow pages are drawn and none waits for a store that answers nobody.
"""

from .engine import Database, DatabaseAway
from .patience import Patience, bounded

BEAT_SECONDS = 0.5
REPLY_SECONDS = 1.25


class Pulse:
    """The pulse of the store, as one process feels it. `database` is a pool of one connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_silent = False

    def is_silent(self) -> bool:
        """Whether the last beat was not answered in time."""
        return self._is_silent

    def beat(self) -> None:
        """Ask once; to be repeated every `BEAT_SECONDS`."""
        try:
            with bounded(Patience(REPLY_SECONDS, lambda: False)):
                self._database.ping()
        except DatabaseAway:
            self._is_silent = True
        else:
            self._is_silent = False
