"""One measured connection."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agent import Agent

_correlation = re.compile(r"(?:^|[?&])wsmon=([0-9A-Za-z-]{8,64})(?:&|$)")


def correlation_id(query: str | bytes | None) -> str | None:
    """The id that the browser's monitor may put into the query of the address: `wsmon=ID`."""
    text = query.decode("latin-1") if isinstance(query, bytes) else query or ""
    match = _correlation.search(text)
    return match[1] if match else None


class Connection:
    """An open connection: `sent` and `received` count a message. Its end is counted once, as the
    first who knows of it says."""

    __slots__ = ("_agent", "_since", "correlation", "is_open", "received", "sent", "user")

    def __init__(self, agent: Agent, user: int | None, correlation: str | None) -> None:
        self._agent, self._since = agent, monotonic()
        self.user, self.correlation = user, correlation
        self.is_open = True
        self.sent, self.received = agent.tally.add_sent, agent.tally.add_received

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
            self._agent.tally.add_end(code, who, monotonic() - self._since, error)
