"""The report of a load test: what the load generator, the API and the pages exchange.

Times are seconds since the start of the run, durations ms. A figure that was not measured is
`None`. Histograms are those of `models.metrics.histogram`, sparse: {bucket: count}.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.metrics import dimensions
from models.metrics.histogram import BUCKETS

MOST_WINDOWS = 400
LOAD_TEST_APP = dimensions.LOAD_TEST_APP
STEADY = "steady"  # the phase that is judged
STORM = "storm"  # the scenario in which all connections are cut at once
STORM_AT = 1 / 3  # of its steady phase
Text = Annotated[str, Meta(max_length=256)]
Number = Annotated[int, Meta(ge=0, le=10**12)]
Amount = Annotated[float, Meta(ge=0, le=1e12)]
Texts = Annotated[list[Text], Meta(max_length=32)]
Counts = Annotated[dict[Text, Number], Meta(max_length=64)]
Bucket = Annotated[int, Meta(ge=0, lt=BUCKETS)]
Instant = Annotated[datetime, Meta(tz=True)]


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

    n: Number = 0
    p50: Amount | None = None
    p95: Amount | None = None
    p99: Amount | None = None
    longest: Amount | None = None
    histogram: dict[Bucket, Number] = msgspec.field(default_factory=dict)


class ReplayedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay was made of: a day (UTC) of an app, all but load tests where it is empty; its
    `opened` connections, their median length in seconds, the most that were open in the mean of an
    hour, and their messages a minute. Replayed were `visits`, the day `speed` times as fast."""

    day: Text
    app: Text = ""
    opened: Number
    median_seconds: Amount
    most_open: Amount
    messages_per_minute: Amount
    visits: Number
    speed: Amount


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What was to be done. `rate` is messages a second of each connection."""

    profile: Text
    scenario: Text
    url: Text
    connections: Number
    rate: Amount
    message_bytes: Number
    ramp_up: Amount
    steady: Amount
    ramp_down: Amount
    replay: ReplayedDay | None = None


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """Of the steady phase: p95 of the round trip in ms, failed and dropped connections together,
    lost messages, and the time in which all are back after a reconnect storm, in seconds."""

    max_p95_ms: Amount = 200.0
    max_failures: Number = 0
    max_lost: Number = 0
    max_recovery: Amount = 60.0


class RunConnections(msgspec.Struct, frozen=True, kw_only=True):
    """`failed` by cause; `closed` by "code/who" as the client read them, those that the test itself
    ended apart from those that ended early (`dropped`); `not_back` after a reconnect storm."""

    attempted: Number = 0
    connected: Number = 0
    most_open: Number = 0
    failed: Counts = msgspec.field(default_factory=dict)
    dropped: Counts = msgspec.field(default_factory=dict)
    closed: Counts = msgspec.field(default_factory=dict)
    not_back: Number = 0
    handshake: Distribution = Distribution()


class RunMessages(msgspec.Struct, frozen=True, kw_only=True):
    """`offered` were due, `sent` were written, `expected` replies and deliveries follow from what
    was sent, `received` came, `lost` never did, `garbled` were not what was sent;
    `cut` were on their way when the run itself cut their connection."""

    offered: Number = 0
    sent: Number = 0
    expected: Number = 0
    received: Number = 0
    lost: Number = 0
    garbled: Number = 0
    cut: Number = 0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the run: `at` is its end, `failures` failed and dropped connections in it. `cpu`
    is the generator's share of one core. No window reaches over two phases; reports of before said
    no `phase`."""

    at: Amount
    open: Number
    sent: Number
    received: Number
    failures: Number
    round_trip: Distribution
    cpu: Amount
    loop_lag: Amount
    phase: Text = ""


class Generator(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the generator was the limit: its CPU (share of one core, steady phase), the p99 of
    the lag of its event loop and of how late messages were sent, its open files."""

    cpu: Amount = 0.0
    loop_lag_p99: Amount | None = None
    late_p99: Amount | None = None
    open_files: Number = 0
    most_files: Number = 0
    limits: Texts = msgspec.field(default_factory=list)


class ServerSide(msgspec.Struct, frozen=True, kw_only=True):
    """The server's own count of the run, of `/api/ws/metrics`: what it `received` is what clients
    sent; `active` are connections it still counts after the end. `differences` are sentences; none
    where both ends agree."""

    opened: Number
    closed: Counts
    received: Number
    sent: Number
    active: Number = 0
    loop_lag_p99: Amount | None = None
    message_latency_p95: Amount | None = None
    differences: Texts = msgspec.field(default_factory=list)


class RunVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, its sentence, and the thresholds that broke, the first in time first."""

    outcome: Outcome
    sentence: Annotated[str, Meta(max_length=1000)]
    broken: Texts = msgspec.field(default_factory=list)


class LoadTestReport(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run. `recovery` is the time from a reconnect storm to the last connection back."""

    id: UUID
    started_at: Instant
    ended_at: Instant
    release: Text = ""
    note: Text = ""
    plan: Plan
    thresholds: Thresholds
    connections: RunConnections
    messages: RunMessages
    round_trip: Distribution
    windows: Annotated[list[Window], Meta(max_length=MOST_WINDOWS)]
    generator: Generator
    recovery: Amount | None = None
    server: ServerSide | None = None
    verdict: RunVerdict


def phases(plan: Plan) -> tuple[float, float]:
    """Where the steady phase begins and ends, seconds since the start."""
    return plan.ramp_up, plan.ramp_up + plan.steady


def steady_windows(plan: Plan, windows: Sequence[Window]) -> list[Window]:
    """The windows of the steady phase."""
    begin, end = phases(plan)
    return [
        window
        for window in windows
        if window.phase == STEADY or (not window.phase and begin < window.at <= end + 0.5)
    ]
