"""What connection tests are requested and what they answer, as the API sends it. Durations ms."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from analytics.load_tests.report import Distribution

Kind = Literal["basic", "pool", "echo"]
Outcome = Literal["passed", "failed", "cancelled"]
MOST_CONNECTIONS, MOST_RATE, MOST_BYTES, MOST_SECONDS = 200, 100, 16_384, 120
Milliseconds = Annotated[float, Meta(ge=0, le=600_000)]


class BrowserConnection(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser of the admin measured of its own connection; `reason`: why not."""

    handshake: Milliseconds | None = None
    reply: Milliseconds | None = None
    close: Milliseconds | None = None
    close_code: Annotated[int, Meta(ge=0, le=4999)] | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class ConnectionTestRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A test of a named target. `connections` are those of `pool`; `rate` messages a second of
    `size` bytes for `seconds` those of `echo`."""

    kind: Kind
    target: Annotated[str, Meta(min_length=1, max_length=32)]
    connections: Annotated[int, Meta(ge=2, le=MOST_CONNECTIONS)] = 40
    rate: Annotated[float, Meta(ge=0.5, le=MOST_RATE)] = 10.0
    size: Annotated[int, Meta(ge=40, le=MOST_BYTES)] = 256
    seconds: Annotated[int, Meta(ge=1, le=MOST_SECONDS)] = 10
    browser: BrowserConnection | None = None


class StageTime(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that ended."""

    stage: str
    milliseconds: float


class BasicResult(msgspec.Struct, frozen=True, kw_only=True):
    """One connection from the server, by stages; `failed` at one for a reason; and from the
    browser."""

    stages: list[StageTime]
    failed: str = ""
    code: str = ""
    reason: str = ""
    close_code: int | None = None
    certificate_days: float | None = None
    browser: BrowserConnection | None = None


class EchoResult(msgspec.Struct, frozen=True, kw_only=True):
    """Round trips of messages; `jitter` is the mean difference of one from the next. `due` are the
    messages of the whole test, `lost` of those `sent` did not come back."""

    due: int
    sent: int
    lost: int
    rate: float
    size: int
    round_trip: Distribution = Distribution()
    jitter: float | None = None
    reason: str = ""


class WorkerShare(msgspec.Struct, frozen=True, kw_only=True):
    """A worker, the connections of the test that it took, and its open files of the most."""

    worker: str
    node: str
    connections: int
    open_files: int | None
    most_open_files: int


class PoolResult(msgspec.Struct, frozen=True, kw_only=True):
    """Where connections landed. `p` is that of a chi-squared test against equal shares; chance
    gives each worker `low` to `high`. `database_*` are our connections to the database."""

    requested: int
    opened: int
    workers: list[WorkerShare] = []
    p: float | None = None
    low: int | None = None
    high: int | None = None
    balancing: str = ""
    handshake: Distribution = Distribution()
    failed: dict[str, int] = {}
    database_open: int = 0
    database_busy: int = 0
    database_most: int = 0


class ConnectionTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test and what came of it: one of `basic`, `pool` and `echo`."""

    id: UUID
    kind: Kind
    target: str
    started_at: datetime
    ended_at: datetime
    started_by: str
    outcome: Outcome
    sentence: str
    basic: BasicResult | None = None
    pool: PoolResult | None = None
    echo: EchoResult | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a running test: `done` of `total` of what is counted, and `result` at the end."""

    done: int = 0
    total: int = 0
    text: str = ""
    result: ConnectionTest | None = None


class NamedTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What may be tested."""

    name: str
    url: str
    is_own: bool


class ConnectionTestList(msgspec.Struct, frozen=True, kw_only=True):
    """Tests, the newest first; the targets, and whether the reader may run one."""

    tests: list[ConnectionTest]
    targets: list[NamedTarget]
    may_run: bool
