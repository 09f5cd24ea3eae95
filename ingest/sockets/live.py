"""`/ws/live`: one frame a second for everybody who looks, asked of the store once for all of them.

The guard has let in analysts and admins only. A viewer is sent away after ten minutes and comes
back by itself, so that one who was signed out meanwhile is not shown anything more.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

import gevent
import msgspec
from flask import request

from ingest.sockets.engine.connection import Connection
from models.database.engine import DatabaseAway

from .engine import framing

FRAME_SECONDS = 1.0
LONGEST_SECONDS = 600.0
LONGEST_VALUE = 256
logger = logging.getLogger(__name__)
Question = tuple[str | None, str | None]
Ask = Callable[[str | None, str | None], Any]


class Live:
    """The viewers of one worker. `ask(app, service)` reads the pulse."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._viewers: dict[Connection, Question] = {}
        self._teller: gevent.Greenlet[[], None] | None = None

    def serve(self, connection: Connection) -> None:
        """Hold one viewer; what it says is not listened to."""
        until = monotonic() + LONGEST_SECONDS
        self._viewers[connection] = (_value("app"), _value("service"))
        if self._teller is None:
            self._teller = gevent.spawn(self._tell)
        try:
            while (left := until - monotonic()) > 0:
                connection.receive(left)
        finally:
            del self._viewers[connection]

    def _tell(self) -> None:
        while self._viewers:
            begun = monotonic()
            for question in set(self._viewers.values()):
                frame = self._frame(question)
                for viewer, asked in tuple(self._viewers.items()):
                    if frame and asked == question:
                        viewer.post(frame)
            gevent.sleep(max(0.1, FRAME_SECONDS - (monotonic() - begun)))
        self._teller = None

    def _frame(self, question: Question) -> bytes:
        """The frame, empty while the store is away: silence tells the page."""
        try:
            return framing.encoded(framing.TEXT, msgspec.json.encode(self._ask(*question)))
        except DatabaseAway:
            return b""
        except Exception:
            logger.exception("the live view could not be told, going on")
            return b""


def _value(name: str) -> str | None:
    return (request.args.get(name) or "")[:LONGEST_VALUE] or None
