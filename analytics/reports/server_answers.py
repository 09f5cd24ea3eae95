"""The answer of `GET /api/ws/metrics`. Times are aware UTC; counts are exact."""

from datetime import datetime

import msgspec

from analytics.reports.servers.workers import Worker
from analytics.stats.estimates import Durations
from models.raw.server_agents import ServerAgent


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """`active` and `unique_users` now, `rate_per_minute` opened in the last minute, all else
    since `start`. A connection without a token is its own user. `closed_by` says who closed first:
    `client`, `server`, `proxy` (one in front that went away) or `nobody`.
    """

    active: int
    opened: int
    closed: dict[str, int]
    closed_by: dict[str, int]
    abnormal_closes: int
    rejected: dict[str, int]
    rate_per_minute: float
    unique_users: int | None
    slow_closes: int
    stale: int | None
    duration_ms: Durations


class ByType(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one type."""

    sent: int
    received: int


class ServerMessages(msgspec.Struct, frozen=True, kw_only=True):
    """Messages since `start`; bytes are those of payloads. `errors_by_kind` adds up to `errors`."""

    sent: int
    received: int
    bytes_sent: int
    bytes_received: int
    errors: int
    errors_by_kind: dict[str, int]
    by_type: dict[str, ByType]


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """Members now, messages since `start`."""

    app: str
    room: str
    members: int
    messages: int


class RoomsNow(msgspec.Struct, frozen=True, kw_only=True):
    """Rooms with members now; a member of two rooms counts twice. `top` by messages."""

    active: int | None
    members: int | None
    top: list[Room]


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """Durations since `start`: pings from the server and back, bringing one message to all members
    on the worker, handling one request, lateness of the event loop."""

    message_latency_ms: Durations
    broadcast_ms: Durations
    processing_ms: Durations
    loop_lag_ms: Durations
    outbox_bytes: int | None


class ServerPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the series, starting at `t`; a step without samples is absent, not zero.

    `active`, `rooms` and `members` are means over time; `n` counts the round trips.
    """

    t: datetime
    active: float
    opened: int
    closed: int
    abnormal_closes: int
    sent: int
    received: int
    errors: int
    rooms: float
    members: float
    n: int
    p50: float | None
    p95: float | None
    p99: float | None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A service and an app that reported in the range."""

    service: str
    app: str


class ServerMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What servers measured in [start, end), and how things stand at `at`. Steps of an hour and
    more divide the days of `zone`. A figure that some server does not count is named in
    `not_counted` with the reason; one that none counts is null or empty."""

    at: datetime
    start: datetime
    end: datetime
    data_as_of: datetime
    resolution: str
    step_seconds: int
    filters: dict[str, str]
    zone: str
    latest_sample: datetime | None
    workers: list[Worker]
    connections: Connections
    messages: ServerMessages
    rooms: RoomsNow
    performance: Performance
    sources: list[Source]
    agents: list[ServerAgent]
    not_counted: dict[str, str]
    series: list[ServerPoint]
