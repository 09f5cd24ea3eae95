"""Whether we are well: a few probes, one deadline, and the worst of what they say."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Protocol

import msgspec

from analytics.formatting.numbers import plural

DEADLINE_SECONDS = 2.0
LATEST_FLUSH_SECONDS = 5.0
SCHEDULER_LEASE = "scheduler"
SCHEDULER_SILENCE = timedelta(seconds=60)  # its lease is renewed every few seconds
LATEST_ROLLUP = timedelta(seconds=120)  # some runs of the job
MANY_SAMPLES = 20  # some intervals of a worker with a few apps
LOST_MESSAGES_SHOWN = timedelta(days=3)
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
STUCK = Check(status=Status.DOWN, detail="no answer in time")


class Health:
    """Asks every probe, all within one deadline; `database` decides about being down."""

    def __init__(
        self, probes: Mapping[str, Probe], *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._probes = {name: Bounded(probe) for name, probe in probes.items()}
        self._deadline_seconds = deadline_seconds

    def check(self) -> HealthAnswer:
        """Everything, side by side, within one deadline."""
        until = monotonic() + self._deadline_seconds
        runs = {name: probe.begun() for name, probe in self._probes.items()}
        checks = {name: run.found_by(until) for name, run in runs.items()}
        return HealthAnswer(status=worst(checks), checks=checks)

    def is_ready(self) -> bool:
        """Whether requests can be served now."""
        run = self._probes["database"].begun()
        return run.found_by(monotonic() + self._deadline_seconds).status is not Status.DOWN


def worst(checks: Mapping[str, Check]) -> Status:
    """Down when the database is: nothing is served without it. Else degraded by any fault."""
    if "database" in checks and checks["database"].status is Status.DOWN:
        return Status.DOWN
    well = all(check.status is Status.OK for check in checks.values())
    return Status.OK if well else Status.DEGRADED


class Bounded:
    """Runs a probe aside, so that a frozen database never freezes the answer.

    While one run is stuck no second one is started.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._lock = Lock()
        self._run: Run | None = None

    def begun(self) -> "Run":
        """The run that is under way, else a new one."""
        with self._lock:
            if self._run is None or not self._run.is_alive():
                self._run = Run(self._probe)
                self._run.start()
            return self._run


class Run(Thread):
    """One run of a probe."""

    def __init__(self, probe: Probe) -> None:
        super().__init__(name="health-probe", daemon=True)
        self._probe = probe
        self._found = STUCK

    def run(self) -> None:
        """Ask the probe; its failing is itself a finding."""
        try:
            self._found = self._probe()
        except Exception as fault:  # noqa: BLE001  whatever goes wrong is the answer
            self._found = Check(status=Status.DOWN, detail=type(fault).__name__)

    def found_by(self, until: float) -> Check:
        """What was found when the monotonic clock reaches `until`, or that it is stuck."""
        self.join(max(0.0, until - monotonic()))
        return self._found


def database_probe(ping: Callable[[], None]) -> Probe:
    """Whether the database answers; `ping` raises when it does not."""

    def probe() -> Check:
        ping()
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


def bus_probe(is_up: Callable[[], bool]) -> Probe:
    """Whether workers reach each other."""
    away = Check(
        status=Status.DEGRADED,
        detail="workers cannot reach each other: rooms go on inside each worker alone",
    )
    return lambda: OK if is_up() else away


def samples_probe(pending: Callable[[], int]) -> Probe:
    """Whether what the server measures of its sockets reaches the store."""

    def probe() -> Check:
        waiting = pending()
        if waiting < MANY_SAMPLES:
            return OK
        return Check(status=Status.DEGRADED, detail=f"{waiting} samples wait for the store")

    return probe


def deliveries_probe(dead: Callable[[datetime], int], now: Callable[[], datetime]) -> Probe:
    """Whether messages about alerts reach their recipients (`dead`: given up since then)."""

    def probe() -> Check:
        lost = dead(now() - LOST_MESSAGES_SHOWN)
        if not lost:
            return OK
        detail = f"{plural(lost, 'message')} of the last 3 days could not be delivered"
        return Check(status=Status.DEGRADED, detail=detail)

    return probe


def rollup_probe(
    waiting_since: Callable[[], datetime | None], now: Callable[[], datetime]
) -> Probe:
    """Whether what came in reaches the rolled-up history in time."""

    def probe() -> Check:
        since = waiting_since()
        if since is None or now() - since <= LATEST_ROLLUP:
            return OK
        behind = (now() - since).total_seconds()
        return Check(status=Status.DEGRADED, detail=f"rollups are {behind:.0f} s behind")

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


def scheduler_probe(
    last_sign: Callable[[], datetime | None],
    failed_jobs: Callable[[], Sequence[str]],
    now: Callable[[], datetime],
) -> Probe:
    """Whether a scheduler leads (`last_sign`: when it was last heard of) and its jobs succeed."""

    def probe() -> Check:
        seen = last_sign()
        if seen is None:
            return Check(status=Status.DEGRADED, detail="no scheduler has run yet")
        if now() - seen > SCHEDULER_SILENCE:
            silent = (now() - seen).total_seconds()
            return Check(status=Status.DEGRADED, detail=f"no scheduler for {silent:.0f} s")
        failed = failed_jobs()
        if failed:
            return Check(status=Status.DEGRADED, detail=f"failed: {', '.join(failed)}")
        return OK

    return probe
