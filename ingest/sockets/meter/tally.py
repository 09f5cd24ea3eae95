"""Counters of one app's connections since the last flush: plain integers without a lock.

Greenlets switch only where they block, and nothing here blocks, so an increment is atomic.
"""

from collections import Counter
from typing import Any

from models.metrics.histogram import bucket_of
from models.metrics.server_columns import COUNTERS, DURATIONS
from models.raw.server_samples import Histogram

ENDED_BY_FAULT = {
    1002: "protocol-error",
    1007: "invalid-data",
    1008: "policy-violation",
    1009: "too-big",
    1011: "internal-error",
}
SLOW_READER = 1013
MOST_ROOMS_COUNTED = 10_000
ROOMS_LEFT = MOST_ROOMS_COUNTED // 2  # with the most messages, when there are more


class HistogramBuilder:
    """A histogram being filled."""

    __slots__ = ("_counts", "_sum_us")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._sum_us = 0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        bucket = bucket_of(seconds * 1000)
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        self._sum_us += round(seconds * 1e6)

    def take(self) -> Histogram:
        """The counts since the last call."""
        histogram = Histogram(self._counts, self._sum_us)
        self._counts, self._sum_us = {}, 0
        return histogram


class Tally:
    """Counters of one app in one worker; `active` and `users` are gauges and not reset.

    Bytes are those of payloads. `kinds_*` count messages of `/ws` by their type.
    """

    __slots__ = (
        "active", "broadcast", "bytes_received", "bytes_sent", "closed", "duration", "errors",
        "kinds_received", "kinds_sent", "latency", "opened", "processing", "received", "rejected",
        "room_messages", "rooms_counted", "sent", "slow_closes", "stale", "users",
    )  # fmt: skip

    def __init__(self) -> None:
        self.active = 0
        self.users: Counter[bytes] = Counter()
        self.latency, self.broadcast = HistogramBuilder(), HistogramBuilder()
        self.processing, self.duration = HistogramBuilder(), HistogramBuilder()
        self.rooms_counted = 0  # of the last interval
        self._clear()

    def _clear(self) -> None:
        self.opened = self.sent = self.received = self.bytes_sent = self.bytes_received = 0
        self.slow_closes = self.stale = 0
        self.closed: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.kinds_sent: Counter[str] = Counter()
        self.kinds_received: Counter[str] = Counter()
        self.room_messages: Counter[str] = Counter()

    def open(self, user: bytes | None) -> None:
        """A connection opened; `user` is the key of its named user."""
        self.opened += 1
        self.active += 1
        if user is not None:
            self.users[user] += 1

    def close(self, code: int, who: str, seconds: float, user: bytes | None) -> None:
        """A connection ended after `seconds`; `who` closed first: `client`, `server`, `proxy`,
        `nobody`."""
        self.active -= 1
        self.closed[f"{code}/{who}"] += 1
        self.duration.add(seconds)
        if who == "server":
            self.slow_closes += code == SLOW_READER
            if code in ENDED_BY_FAULT:
                self.errors[ENDED_BY_FAULT[code]] += 1
        if user is not None:
            self.users[user] -= 1
            if not self.users[user]:
                del self.users[user]

    def count_room_message(self, room: str) -> None:
        """Count a message sent in a room by a member on this worker."""
        if room not in self.room_messages and len(self.room_messages) >= MOST_ROOMS_COUNTED:
            self.room_messages = Counter(dict(self.room_messages.most_common(ROOMS_LEFT)))
        self.room_messages[room] += 1

    def take(self) -> dict[str, Any]:
        """Fields of a sample: counts since the last call, and the gauges."""
        kinds = self.kinds_sent.keys() | self.kinds_received.keys()
        fields = {
            "active": self.active,
            "anonymous": self.active - self.users.total(),
            "user_keys": b"".join(sorted(self.users)),
            "closed": dict(self.closed),
            "rejected": dict(self.rejected),
            "errors": dict(self.errors),
            "by_type": {k: (self.kinds_sent[k], self.kinds_received[k]) for k in sorted(kinds)},
            **{name: getattr(self, name).take() for name in DURATIONS},
            **{name: getattr(self, name) for name in COUNTERS},
        }
        self.rooms_counted = len(self.room_messages)
        self._clear()
        return fields
