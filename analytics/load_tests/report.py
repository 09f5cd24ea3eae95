"""The report of a load test: what the load generator, the API and the pages exchange.

Times are seconds since the start of the run, durations ms. A figure that was not measured is
`None`. Histograms are those of `models.metrics.histogram`, sparse: {bucket: count}.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

MOST_WINDOWS = 2000
Histogram = Mapping[int, int]


class Outcome(StrEnum):
    """PASSED and FAILED judge the server. GENERATOR_LIMIT: a threshold broke while the generator
    itself was at its limit, so the run says nothing about the server. STOPPED: by the operator,
    before its end."""

    PASSED = "held"
    FAILED = "not held"
    GENERATOR_LIMIT = "generator limit"
    STOPPED = "stopped"


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in ms: how many, percentiles by nearest rank (2 %), the longest, the buckets."""

    n: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    longest: float | None = None
    histogram: dict[int, int] = msgspec.field(default_factory=dict)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was to be done. `rate` is messages a second of each connection."""

    profile: str
    scenario: str
    url: str
    connections: int
    rate: float
    message_bytes: int
    ramp_up: float
    steady: float
    ramp_down: float


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Of the steady phase: p95 of the round trip in ms, failed and dropped connections together,
    lost messages, and the time in which all are back after a reconnect storm, in seconds."""

    max_p95_ms: float = 200.0
    max_failures: int = 0
    max_lost: int = 0
    max_recovery: float = 60.0


class Connections(msgspec.Struct, frozen=True, kw_only=True):
    """`failed` by cause; `closed` by "code/who" as the client read them, those that the test itself
    ended apart from those that ended early (`dropped`)."""

    attempted: int = 0
    connected: int = 0
    most_open: int = 0
    failed: dict[str, int] = msgspec.field(default_factory=dict)
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
    closed: dict[str, int] = msgspec.field(default_factory=dict)
    handshake: Distribution = Distribution()


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """`offered` were due, `sent` were written, `expected` replies and deliveries follow from what
    was sent, `received` came, `lost` never did, `garbled` were not what was sent;
    `cut` were on their way when the run itself cut their connection."""

    offered: int = 0
    sent: int = 0
    expected: int = 0
    received: int = 0
    lost: int = 0
    garbled: int = 0
    cut: int = 0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the run: `at` is its end, `failures` failed and dropped connections in it. `cpu`
    is the generator's share of one core."""

    at: float
    open: int
    sent: int
    received: int
    failures: int
    round_trip: Distribution
    cpu: float
    loop_lag: float


class Generator(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the generator was the limit: its CPU (share of one core, steady phase), the p99 of
    the lag of its event loop and of how late messages were sent, its open files."""

    cpu: float = 0.0
    loop_lag_p99: float | None = None
    late_p99: float | None = None
    open_files: int = 0
    most_files: int = 0
    limits: list[str] = msgspec.field(default_factory=list)


class ServerSide(msgspec.Struct, frozen=True, kw_only=True):
    """The server's own count of the run, of `/api/ws/metrics`: what it `received` is what clients
    sent; `active` are connections it still counts after the end. `differences` are sentences; none
    where both ends agree."""

    opened: int
    closed: dict[str, int]
    received: int
    sent: int
    active: int = 0
    loop_lag_p99: float | None = None
    message_latency_p95: float | None = None
    differences: list[str] = msgspec.field(default_factory=list)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, its sentence, and the thresholds that broke, the first in time first."""

    outcome: Outcome
    sentence: str
    broken: list[str] = msgspec.field(default_factory=list)


class LoadTestReport(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run. `recovery` is the time from a reconnect storm to the last connection back."""

    id: str
    started_at: datetime
    ended_at: datetime
    release: str = ""
    note: str = ""
    plan: Plan
    thresholds: Thresholds
    connections: Connections
    messages: Messages
    round_trip: Distribution
    windows: list[Window]
    generator: Generator
    recovery: float | None = None
    server: ServerSide | None = None
    verdict: Verdict


def phases(plan: Plan) -> tuple[float, float]:
    """Where the steady phase begins and ends, seconds since the start."""
    return plan.ramp_up, plan.ramp_up + plan.steady


def steady_windows(plan: Plan, windows: Sequence[Window]) -> list[Window]:
    """The windows that lie in the steady phase."""
    begin, end = phases(plan)
    return [window for window in windows if begin < window.at <= end + 0.5]
