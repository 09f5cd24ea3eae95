"""The server sample as other services send it: every field with its type, unit and bounds."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.metrics.close_codes import ServerBy

from .schema import CloseCode, Count, Instant, Milliseconds, Text32, Text64

LARGEST_SIZE = 10**13
MOST_ROOMS = 50
MOST_SERVER_ENDS = 100
METRIC = "^[a-z][a-z_]{0,31}$"
Size = Annotated[int, Meta(ge=0, le=LARGEST_SIZE)]
Text128 = Annotated[str, Meta(min_length=1, max_length=128)]


class DurationsPayload(msgspec.Struct, frozen=True):
    """Durations: single samples and counts of the shared histogram, which add."""

    samples_ms: Annotated[list[Milliseconds], Meta(max_length=500)] = []
    histogram: dict[str, Any] = {}


def _durations() -> Any:
    return msgspec.field(default_factory=DurationsPayload)


class ConnectionsPayload(msgspec.Struct, frozen=True):
    """`active` and `unique_users` at the end of the period, all else within it.

    `closed` counts by close code, or by code and who closed first: `1000`, `1006/nobody`,
    `1001/proxy`.
    """

    active: Count = 0
    unique_users: Count | None = None
    opened: Count = 0
    closed: dict[str, Any] = {}
    rejected: dict[str, Any] = {}
    slow_closes: Count = 0
    stale: Count = 0
    duration_ms: DurationsPayload = _durations()


class SampleMessagesPayload(msgspec.Struct, frozen=True):
    """Messages of the period; bytes are those of payloads."""

    sent: Count = 0
    received: Count = 0
    bytes_sent: Size = 0
    bytes_received: Size = 0
    errors: Count = 0
    errors_by_kind: dict[str, Any] = {}
    by_type: dict[str, Any] = {}


class RoomsPayload(msgspec.Struct, frozen=True):
    """Rooms with members at the end of the period; `top` holds objects of `room`, `members` and
    `messages`."""

    active: Count = 0
    members: Count = 0
    top: Annotated[list[Any], Meta(max_length=MOST_ROOMS)] = []


class PerformancePayload(msgspec.Struct, frozen=True):
    """Durations of the period, and how the process stands at its end; `cpu_ms` of the period."""

    message_latency_ms: DurationsPayload = _durations()
    broadcast_ms: DurationsPayload = _durations()
    processing_ms: DurationsPayload = _durations()
    loop_lag_ms: DurationsPayload = _durations()
    outbox_bytes: Size = 0
    cpu_ms: Count | None = None
    memory_bytes: Size | None = None
    descriptors: Count | None = None


class AgentPayload(msgspec.Struct, frozen=True):
    """The agent that made the sample: its version and face, the server software that it measures,
    the release of the application, and the metrics that this server hides from it."""

    version: Text32
    face: Text32
    server: Text64
    release: Text64 | None = None
    not_counted: Annotated[list[Annotated[str, Meta(pattern=METRIC)]], Meta(max_length=32)] = []


class ServerEndPayload(msgspec.Struct, frozen=True):
    """The end of one connection whose browser gave it an id, `ago_ms` before the end of the period.
    `code` and `by`, who closed first, are absent where the server does not tell them; `error` is a
    fault of its handler. `sent` and `received` count messages."""

    id: UUID
    ago_ms: Milliseconds = 0
    open_ms: Milliseconds = 0
    code: CloseCode | None = None
    by: ServerBy | None = None
    error: Text32 | None = None
    sent: Count = 0
    received: Count = 0


class SamplePayload(msgspec.Struct, frozen=True):
    """One sample of one instance of a service."""

    sample_id: UUID
    service: Text64
    instance: Text128
    period_start: Instant
    period_end: Instant
    app: Text64 | None = None
    connections: ConnectionsPayload = msgspec.field(default_factory=ConnectionsPayload)
    messages: SampleMessagesPayload = msgspec.field(default_factory=SampleMessagesPayload)
    rooms: RoomsPayload = msgspec.field(default_factory=RoomsPayload)
    performance: PerformancePayload = msgspec.field(default_factory=PerformancePayload)
    agent: AgentPayload | None = None
    ends: Annotated[list[ServerEndPayload], Meta(max_length=MOST_SERVER_ENDS)] = []
