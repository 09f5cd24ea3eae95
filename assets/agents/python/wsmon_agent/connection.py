"""One measured connection, and how an object of a library becomes a measured one."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from .tally import Data, size_of

if TYPE_CHECKING:
    from .agent import Agent

_correlation = re.compile(r"(?:^|[?&])wsmon=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:&|$)")


def correlation_id(query: str | bytes | None) -> str | None:
    """The UUID that the browser's monitor may put into the query of the address: `wsmon=ID`."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query or ""
    match = _correlation.search(text)
    return match[1] if match else None


class Connection:
    """An open connection. Its end is counted once, as the first who knows of it says.

    Counts only grow, and each has a single writer, so that messages need no lock; `counted` are
    those that were taken into the figures.
    """

    __slots__ = (
        *("_agent", "_since", "bytes_received", "bytes_sent", "correlation", "counted", "is_open"),
        *("received_count", "sent_count", "user"),
    )

    def __init__(self, agent: Agent, user: int | None, correlation: str | None) -> None:
        self._agent, self._since = agent, monotonic()
        self.user, self.correlation = user, correlation
        self.is_open = True
        self.sent_count = self.received_count = self.bytes_sent = self.bytes_received = 0
        self.counted = (0, 0, 0, 0)

    def sent(self, data: Data) -> None:
        """Count a message to the client."""
        self.sent_count += 1
        if type(data) is bytes or (type(data) is str and data.isascii()):
            self.bytes_sent += len(data)  # without a call: most messages
        else:
            self.bytes_sent += size_of(data)

    def received(self, data: Data) -> None:
        """Count a message of the client."""
        self.received_count += 1
        if type(data) is bytes or (type(data) is str and data.isascii()):
            self.bytes_received += len(data)
        else:
            self.bytes_received += size_of(data)

    def round_trip(self, seconds: float) -> None:
        """Count a ping that was answered."""
        with self._agent.tally.lock:
            self._agent.tally.latency.add(seconds)

    def unanswered(self) -> None:
        """Count a ping that was not answered in time."""
        with self._agent.tally.lock:
            self._agent.tally.stale += 1

    def end(self, code: int | None, who: str | None, error: str | None = None) -> None:
        """Count the end: its code, and who closed first (`client`, `server`, `nobody`); `None` is
        what the server does not tell. `error` names the fault of a handler."""
        if self._agent.forget(self):
            seconds = monotonic() - self._since
            self._agent.tally.add_end(code, who, seconds, error)
            if self.correlation is not None:
                self._agent.tally.add_named_end(self, code, who, seconds, error)


class TypedConnection(Connection):
    """A connection whose messages are counted by their type too."""

    __slots__ = ()

    def sent(self, data: Data) -> None:
        """As `Connection` has it."""
        Connection.sent(self, data)  # `super` is slower
        self._agent.tally.add_type(data, "sent")

    def received(self, data: Data) -> None:
        """As `Connection` has it."""
        Connection.received(self, data)
        self._agent.tally.add_type(data, "received")


def measure(target: Any, measured: Callable[[Any], Any], connection: Connection) -> None:
    """Make an object of a library one of the subclass that `measured` makes of its class, which
    finds `connection` as `wsmon`: less memory and time than functions made for each connection."""
    target.__class__ = measured(type(target))
    target.wsmon = connection
