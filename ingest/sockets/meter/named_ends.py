"""Ends of connections of ours whose browser gave them an id, until the next sample."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple
from uuid import UUID

import msgspec

from models.both_ends.connection_ends import ServerEnd
from models.metrics.close_codes import ServerBy
from models.metrics.server_catalogue import OWN_SERVICE

MOST_ENDS = 1000  # between two samples of a worker
PARAMETER = "wsmon"
_uuid = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class NamedEnd(NamedTuple):
    """An end: its code and who closed first, the seconds it was open, its messages."""

    app: str
    connection_id: UUID
    code: int
    who: str
    seconds: float
    sent: int
    received: int


def id_of(arguments: Mapping[str, str]) -> UUID | None:
    """The id in the query of a handshake; whatever else stands there is none."""
    text = arguments.get(PARAMETER, "")
    return UUID(text) if _uuid.fullmatch(text) else None


class NamedEnds:
    """The ends of one worker since the last `take`; of more than `MOST_ENDS` the newest."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, NamedEnd]] = deque(maxlen=MOST_ENDS)

    def add(self, end: NamedEnd) -> None:
        """A connection ended now."""
        self._ends.append((monotonic(), end))

    def take(self, at: datetime, app_of: Callable[[str], str]) -> tuple[ServerEnd, ...]:
        """The ends since the last call, until `at`; `app_of` is what an app is sampled as."""
        ends, now = [*self._ends], monotonic()
        self._ends.clear()
        return tuple(
            _row(end, app_of(end.app), at - timedelta(seconds=now - ended_at))
            for ended_at, end in ends
        )


def _row(end: NamedEnd, app: str, ended_at: datetime) -> ServerEnd:
    return ServerEnd(
        app=app,
        connection_id=end.connection_id,
        server_ended_at=ended_at,
        server_open_ms=round(end.seconds * 1000),
        server_code=end.code,
        server_by=msgspec.convert(end.who, ServerBy),
        server_error=None,
        server_sent=end.sent,
        server_received=end.received,
        service=OWN_SERVICE,
    )
