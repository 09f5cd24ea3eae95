"""`/ws/live`: a frame a second for every viewer; one query serves all viewers of a filter.

The guard lets in analysts and admins only. A connection is closed after ten minutes and the page
reconnects, so that a viewer who was signed out meanwhile gets no more data.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

import msgspec
from flask import request

from ingest.sockets.engine.connection import Connection
from ingest.worker.background import Loop, every
from models.database.engine import DatabaseAway

from .engine import framing

FRAME_SECONDS = 1.0
LONGEST_SECONDS = 600.0
LONGEST_VALUE = 256
logger = logging.getLogger(__name__)
PulseFilter = tuple[str | None, str | None]
PulseReader = Callable[[str | None, str | None], Any]


class LiveStream:
    """The viewers of one worker. `read_pulse(app, service)` returns the payload of a frame."""

    def __init__(self, read_pulse: PulseReader) -> None:
        self._read_pulse = read_pulse
        self._viewers: dict[Connection, PulseFilter] = {}
        self._frames: Loop | None = None

    def serve(self, connection: Connection) -> None:
        """Serve one viewer; its messages are ignored."""
        deadline = monotonic() + LONGEST_SECONDS
        self._viewers[connection] = (_value("app"), _value("service"))
        try:
            if len(self._viewers) == 1:
                self._frames = every(FRAME_SECONDS, self._send_frames, "live view", delay=0)
            while (remaining := deadline - monotonic()) > 0:
                connection.receive(remaining)
        finally:
            del self._viewers[connection]
            if not self._viewers:
                self._stop_frames()

    def _stop_frames(self) -> None:
        loop, self._frames = self._frames, None
        if loop is not None:
            loop.stop()

    def _send_frames(self) -> None:
        for pulse_filter in set(self._viewers.values()):
            frame = self._frame(pulse_filter)
            for viewer, viewer_filter in tuple(self._viewers.items()):
                if frame and viewer_filter == pulse_filter:
                    viewer.post(frame)

    def _frame(self, pulse_filter: PulseFilter) -> bytes:
        """The frame; empty while the database is down: the page detects the silence."""
        try:
            return framing.encoded(
                framing.TEXT, msgspec.json.encode(self._read_pulse(*pulse_filter))
            )
        except DatabaseAway:
            return b""
        except Exception:
            logger.exception("the live view could not be told, going on")
            return b""


def _value(name: str) -> str | None:
    return (request.args.get(name) or "")[:LONGEST_VALUE] or None
