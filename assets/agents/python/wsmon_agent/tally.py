"""What is counted between two samples: a fixed number of integers, whatever the host does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Any, Optional, Union

from .histogram import Histogram

if TYPE_CHECKING:
    from .connection import Connection

Data = Union[str, bytes, bytearray, memoryview]
MessageType = Callable[[Data], Optional[str]]
MOST_LABELS, LONGEST_LABEL, MOST_ENDS = 90, 48, 50
OTHER, UNKNOWN = "other", "unknown"
SLOW_READER = 1013
CONNECTIONS = ("opened", "closed", "rejected", "slow_closes", "stale")
MESSAGES = ("sent", "received", "bytes_sent", "bytes_received")
FAULTS = {
    1002: "protocol-error",
    1007: "invalid-data",
    1008: "policy-violation",
    1009: "too-big",
    1011: "internal-error",
}


def json_type(data: Data) -> str | None:
    """The `type` of a JSON object: pass it as `message_type`."""
    message = json.loads(data if isinstance(data, (str, bytes)) else bytes(data))
    kind = message.get("type") if isinstance(message, dict) else None
    return kind if isinstance(kind, str) else None


def size_of(data: Data) -> int:
    """Bytes of a payload as it is sent."""
    if data.__class__ is bytes:
        return len(data)
    if isinstance(data, str):
        return len(data) if data.isascii() else len(data.encode("utf-8", "surrogatepass"))
    return data.nbytes if isinstance(data, memoryview) else len(data)


class Tally:
    """Counts since the last `take`. Whoever adds holds `lock`, which a holder may take again."""

    def __init__(self, message_type: MessageType | None = None) -> None:
        self.lock = RLock()
        self._message_type = message_type
        self._clear()

    def _clear(self) -> None:
        self.opened = self.sent = self.received = self.bytes_sent = self.bytes_received = 0
        self.slow_closes = self.stale = 0
        self.closed: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.types: dict[str, dict[str, int]] = {}
        self.duration, self.latency = Histogram(), Histogram()
        self.ends: list[tuple[float, dict[str, Any]]] = []

    def add_messages(self, connection: Connection) -> None:
        """Count the messages of a connection since the last call; the lock is held."""
        c, before = connection, connection.counted
        counts = (c.sent_count, c.received_count, c.bytes_sent, c.bytes_received)
        connection.counted = counts
        self.sent += counts[0] - before[0]
        self.received += counts[1] - before[1]
        self.bytes_sent += counts[2] - before[2]
        self.bytes_received += counts[3] - before[3]

    def add_end(self, code: int | None, who: str | None, seconds: float, error: str | None) -> None:
        """Count the end of a connection; what is `None` the server does not tell."""
        label = str(code) if code is not None and 1000 <= code <= 4999 else UNKNOWN
        with self.lock:
            if len(self.closed) >= MOST_LABELS and f"{label}/{who}" not in self.closed:
                label = UNKNOWN
            self.closed[f"{label}/{who}" if who else label] += 1
            self.duration.add(seconds)
            if who == "server":
                self.slow_closes += code == SLOW_READER
                error = FAULTS.get(code or 0) if error is None else error
            if error:
                self.errors[error] += 1

    def add_named_end(
        self,
        named: Connection,
        code: int | None,
        who: str | None,
        seconds: float,
        error: str | None,
    ) -> None:
        """Keep the end of a connection that its browser gave an id, to stand beside what the
        browser saw. Of more than `MOST_ENDS` between two samples the first are kept."""
        end = {
            "id": named.correlation,
            "open_ms": round(seconds * 1000),
            "code": code if code is not None and 1000 <= code <= 4999 else None,
            "by": who,
            "error": error or None,
            "sent": named.sent_count,
            "received": named.received_count,
        }
        with self.lock:
            if len(self.ends) < MOST_ENDS:
                self.ends.append((monotonic(), end))

    def add_rejected(self, status: int) -> None:
        """Count a handshake that was answered with an HTTP error."""
        with self.lock:
            self.rejected[str(status if 400 <= status <= 599 else 500)] += 1

    def take(self) -> dict[str, Any]:
        """The counts since the last call, by their places in a sample."""
        with self.lock:
            connections = {name: getattr(self, name) for name in CONNECTIONS}
            messages = {name: getattr(self, name) for name in MESSAGES}
            duration, latency, errors, types = self.duration, self.latency, self.errors, self.types
            ends, now = self.ends, monotonic()
            self._clear()
        kinds = {"errors": sum(errors.values()), "errors_by_kind": errors, "by_type": types}
        return {
            "connections": {**connections, "duration_ms": {"histogram": duration}},
            "messages": {**messages, **kinds},
            "performance": {"message_latency_ms": {"histogram": latency}},
            "ends": [{**end, "ago_ms": round((now - at) * 1000)} for at, end in ends],
        }

    def add_type(self, data: Data, direction: str) -> None:
        """Count a message by its type."""
        try:
            kind = self._message_type(data) if self._message_type else None
        except Exception:  # noqa: BLE001 - the host's own function never fails the host's message
            kind = None
        if not kind or len(kind) > LONGEST_LABEL or not kind.isprintable():
            kind = OTHER
        with self.lock:
            if kind not in self.types and len(self.types) >= MOST_LABELS:
                kind = OTHER
            self.types.setdefault(kind, {"sent": 0, "received": 0})[direction] += 1
