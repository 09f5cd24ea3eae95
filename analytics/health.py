"""Whether we are well: a few probes, each with a deadline, and the worst of what they say."""

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread
from typing import Protocol

import msgspec

from models.database import Database

DEADLINE_SECONDS = 2.0
LATEST_FLUSH_SECONDS = 5.0
SCHEDULER_SILENCE = timedelta(minutes=5)
SCARCE_BYTES = 512 * 2**20
NO_ROOM_BYTES = 64 * 2**20


class Status(StrEnum):
    """`degraded`: everything is answered, but something needs a look."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Check(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one probe found; `detail` says what is wrong."""

    status: Status
    detail: str | None = None


class HealthAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer of `GET /api/ws/health`; `checks` only for those signed in."""

    status: Status
    checks: dict[str, Check] | None = None


class Flush(Protocol):
    """How the writer of reports fares."""

    @property
    def waiting(self) -> int: ...
    @property
    def oldest_seconds(self) -> float: ...
    @property
    def fault(self) -> str | None: ...


Probe = Callable[[], Check]
OK = Check(status=Status.OK)
STUCK = Check(status=Status.DOWN, detail=f"no answer within {DEADLINE_SECONDS:g} s")


class Health:
    """Asks every probe, at most `DEADLINE_SECONDS` each; `database` decides about being down."""

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = {name: Bounded(probe) for name, probe in probes.items()}

    def check(self) -> HealthAnswer:
        """Everything, at once."""
        checks = {name: probe() for name, probe in self._probes.items()}
        return HealthAnswer(status=worst(checks), checks=checks)

    def is_ready(self) -> bool:
        """Whether requests can be served now."""
        return self._probes["database"]().status is not Status.DOWN


def worst(checks: Mapping[str, Check]) -> Status:
    """Down when the database is: nothing is served without it. Else degraded by any fault."""
    if "database" in checks and checks["database"].status is Status.DOWN:
        return Status.DOWN
    well = all(check.status is Status.OK for check in checks.values())
    return Status.OK if well else Status.DEGRADED


class Bounded:
    """Runs a probe aside and waits a bounded time: a frozen database never freezes the answer.

    While one run is stuck no second one is started.
    """

    def __init__(self, probe: Probe, seconds: float = DEADLINE_SECONDS) -> None:
        self._probe = probe
        self._seconds = seconds
        self._lock = Lock()
        self._run: _Run | None = None

    def __call__(self) -> Check:
        """What the probe finds, or that it is stuck."""
        with self._lock:
            if self._run is None or not self._run.is_alive():
                self._run = _Run(self._probe)
                self._run.start()
            run = self._run
        run.join(self._seconds)
        return run.found


class _Run(Thread):
    def __init__(self, probe: Probe) -> None:
        super().__init__(name="health-probe", daemon=True)
        self._probe = probe
        self.found = STUCK

    def run(self) -> None:
        try:
            self.found = self._probe()
        except Exception as fault:  # noqa: BLE001  a probe that fails is itself a finding
            self.found = Check(status=Status.DOWN, detail=type(fault).__name__)


def database_probe(database: Database) -> Probe:
    """Whether the database answers."""

    def probe() -> Check:
        database.ping()
        return OK

    return probe


def disk_probe(folder: Path) -> Probe:
    """Whether there is room where we keep our data."""

    def probe() -> Check:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        if free >= SCARCE_BYTES:
            return OK
        status = Status.DOWN if free < NO_ROOM_BYTES else Status.DEGRADED
        return Check(status=status, detail=f"{free // 2**20} MiB free under DATA_DIR")

    return probe


def flush_probe(state: Callable[[], Flush]) -> Probe:
    """Whether reports reach the store in time."""

    def probe() -> Check:
        now = state()
        if now.oldest_seconds > LATEST_FLUSH_SECONDS:
            detail = f"{now.waiting} reports wait, the oldest {now.oldest_seconds:.0f} s"
            return Check(status=Status.DEGRADED, detail=detail)
        if now.fault is not None:
            return Check(status=Status.DEGRADED, detail=now.fault)
        return OK

    return probe


def scheduler_probe(last_sign: Callable[[], datetime | None], now: Callable[[], datetime]) -> Probe:
    """Whether some scheduler leads; `last_sign` is when the leader was last heard of."""

    def probe() -> Check:
        seen = last_sign()
        if seen is None:
            return Check(status=Status.DEGRADED, detail="no scheduler has run yet")
        if now() - seen > SCHEDULER_SILENCE:
            silent = (now() - seen).total_seconds()
            return Check(status=Status.DEGRADED, detail=f"no scheduler for {silent:.0f} s")
        return OK

    return probe
