"""When a peer is pinged, and when it is half-open; pure: the caller gives the time in seconds.

A half-open peer is found within 2.5 ping intervals of its last byte, of which it left two pings
unanswered (from intervals of 3 s on; the time is looked at once a second).
"""

FIRST_PING_SECONDS = 1.0  # so that short connections are measured too
SILENT_INTERVALS = 2.5
TICK_SECONDS = 1.0
LATEST_TICK_SECONDS = 1.5 * TICK_SECONDS  # on a busy worker


class Heartbeat:
    """Of one connection. `interval` 0: no pings, no detection of half-open peers."""

    __slots__ = ("_interval", "_last_read", "_next_ping", "_read_returned", "_unanswered_since")

    def __init__(self, interval: float, now: float) -> None:
        self._interval = interval
        self._last_read = self._read_returned = now
        self._next_ping = now + (min(FIRST_PING_SECONDS, interval) or float("inf"))
        self._unanswered_since: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether it is time for a ping."""
        return now >= self._next_ping

    def sent(self, now: float) -> None:
        """A ping was sent."""
        self._next_ping = now + self._interval
        if self._unanswered_since is None:
            self._unanswered_since = now

    def reads(self, now: float) -> None:
        """A read begins. After a busy handler silence counts from here: what the peer sent is still
        unread."""
        if now - self._read_returned > self._interval:
            self._last_read = now

    def returned(self, now: float) -> None:
        """A read ended without bytes of the peer."""
        self._read_returned = now

    def heard(self, now: float) -> None:
        """Bytes of the peer were read and served."""
        self._last_read = self._read_returned = now
        self._unanswered_since = None

    def is_lost(self, now: float) -> bool:
        """Whether the peer was silent for as long as a half-open one may be, at the next tick at
        the latest. A worker that was blocked gives half an interval to answer its ping."""
        since = self._unanswered_since
        if since is None or now - since < self._interval / 2:
            return False
        margin = min(LATEST_TICK_SECONDS, self._interval / 2)
        return now - self._last_read >= SILENT_INTERVALS * self._interval - margin
