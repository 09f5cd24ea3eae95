"""The health check: a few probes under one deadline, and the worst of their states."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import NamedTuple, Protocol

import msgspec

from analytics.country_file.source import Source
from analytics.formatting.numbers import plural

DEADLINE_SECONDS = 2.0
MAX_FLUSH_SECONDS = 5.0
SCHEDULER_LEASE = "scheduler"
SCHEDULER_SILENCE = timedelta(seconds=60)  # its lease is renewed every few seconds
MAX_ROLLUP_DELAY = timedelta(seconds=120)  # several runs of the job
MAX_PENDING_SAMPLES = 20  # several intervals of a worker with a few apps
DEAD_MESSAGES_WINDOW = timedelta(days=3)
NEARLY_FULL = 0.9  # of the places of a limit
LOW_DISK_BYTES = 512 * 2**20
FULL_DISK_BYTES = 64 * 2**20


class Status(StrEnum):
    """`degraded`: requests are served, but something needs attention."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Check(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The result of a probe; `detail` says what is wrong."""

    status: Status
    detail: str | None = None


class HealthResponse(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer of `GET /api/ws/health`; `checks` only for those signed in."""

    status: Status
    checks: dict[str, Check] | None = None


class Occupancy(NamedTuple):
    """How many of `most` places are taken; `meaning` says of what, and what happens at the bound:
    it follows the numbers."""

    taken: int
    most: int
    meaning: str


class FlushState(Protocol):
    """The state of the write buffer of client reports."""

    @property
    def waiting(self) -> int: ...
    @property
    def oldest_seconds(self) -> float: ...
    @property
    def fault(self) -> str | None: ...


Probe = Callable[[], Check]
OK = Check(status=Status.OK)
TIMED_OUT = Check(status=Status.DOWN, detail="no answer in time")


class Health:
    """Runs all probes within one deadline; only the probe `database` can make the status down."""

    def __init__(
        self, probes: Mapping[str, Probe], *, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._probes = {name: BackgroundProbe(probe) for name, probe in probes.items()}
        self._deadline_seconds = deadline_seconds

    def check(self) -> HealthResponse:
        """Run all probes concurrently within one deadline."""
        deadline = monotonic() + self._deadline_seconds
        runs = {name: probe.current_run() for name, probe in self._probes.items()}
        checks = {name: run.check_by(deadline) for name, run in runs.items()}
        return HealthResponse(status=overall_status(checks), checks=checks)

    def is_ready(self) -> bool:
        """Whether requests can be served now."""
        run = self._probes["database"].current_run()
        return run.check_by(monotonic() + self._deadline_seconds).status is not Status.DOWN


def overall_status(checks: Mapping[str, Check]) -> Status:
    """Down when the database is (nothing is served without it), else degraded by any fault."""
    if "database" in checks and checks["database"].status is Status.DOWN:
        return Status.DOWN
    all_ok = all(check.status is Status.OK for check in checks.values())
    return Status.OK if all_ok else Status.DEGRADED


class BackgroundProbe:
    """Runs a probe in a thread, so that a hanging database never blocks the response.

    While a run hangs, no second one is started.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._lock = Lock()
        self._run: ProbeRun | None = None

    def current_run(self) -> "ProbeRun":
        """The run in progress, else a new one."""
        with self._lock:
            if self._run is None or not self._run.is_alive():
                self._run = ProbeRun(self._probe)
                self._run.start()
            return self._run


class ProbeRun(Thread):
    """A run of a probe."""

    def __init__(self, probe: Probe) -> None:
        super().__init__(name="health-probe", daemon=True)
        self._probe = probe
        self._check = TIMED_OUT

    def run(self) -> None:
        """Run the probe; an exception becomes a `down` check."""
        try:
            self._check = self._probe()
        except Exception as fault:  # noqa: BLE001  any error is the result
            self._check = Check(status=Status.DOWN, detail=type(fault).__name__)

    def check_by(self, deadline: float) -> Check:
        """The result by `deadline` (monotonic clock), `TIMED_OUT` while the probe still runs."""
        self.join(max(0.0, deadline - monotonic()))
        return self._check


def database_probe(ping: Callable[[], None]) -> Probe:
    """Whether the database answers; `ping` raises when it does not."""

    def probe() -> Check:
        ping()
        return OK

    return probe


def disk_probe(folder: Path) -> Probe:
    """Whether the disk of `folder` has free space."""

    def probe() -> Check:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        if free >= LOW_DISK_BYTES:
            return OK
        status = Status.DOWN if free < FULL_DISK_BYTES else Status.DEGRADED
        return Check(status=status, detail=f"{free // 2**20} MiB free under DATA_DIR")

    return probe


def bus_probe(is_up: Callable[[], bool]) -> Probe:
    """Whether workers can reach each other through the bus."""
    unreachable = Check(
        status=Status.DEGRADED,
        detail="workers cannot reach each other: rooms go on inside each worker alone",
    )
    return lambda: OK if is_up() else unreachable


def samples_probe(pending: Callable[[], int]) -> Probe:
    """Whether the server's own samples reach the database (`pending`: how many wait)."""

    def probe() -> Check:
        waiting = pending()
        if waiting < MAX_PENDING_SAMPLES:
            return OK
        return Check(status=Status.DEGRADED, detail=f"{waiting} samples wait for the store")

    return probe


def deliveries_probe(dead: Callable[[datetime], int], now: Callable[[], datetime]) -> Probe:
    """Whether alert messages reach their recipients (`dead`: how many were given up since)."""

    def probe() -> Check:
        lost = dead(now() - DEAD_MESSAGES_WINDOW)
        if not lost:
            return OK
        detail = f"{plural(lost, 'message')} of the last 3 days could not be delivered"
        return Check(status=Status.DEGRADED, detail=detail)

    return probe


def rollup_probe(
    waiting_since: Callable[[], datetime | None], now: Callable[[], datetime]
) -> Probe:
    """Whether rollups keep up (`waiting_since`: the oldest data not yet rolled up)."""

    def probe() -> Check:
        waiting = waiting_since()
        if waiting is None or now() - waiting <= MAX_ROLLUP_DELAY:
            return OK
        delay_seconds = (now() - waiting).total_seconds()
        return Check(status=Status.DEGRADED, detail=f"rollups are {delay_seconds:.0f} s behind")

    return probe


def places_probe(
    fullest: Callable[[], tuple[str, str, int, int] | None],
    of_worker: Callable[[], Sequence[Occupancy]],
) -> Probe:
    """Whether values are about to count as `other` in rollups (`fullest`: app, dimension, places
    taken, limit), and whether this worker is about to meet a bound of its memory."""

    def probe() -> Check:
        app, dimension, taken, limit = fullest() or ("", "", 0, 1)
        if taken >= NEARLY_FULL * limit:
            noun = f"{dimension} values of {app}" if dimension else "apps"
            detail = f"{taken} of {limit} {noun} have rollups of their own, more count as other"
            return Check(status=Status.DEGRADED, detail=detail)
        for occupancy in of_worker():
            if occupancy.taken >= NEARLY_FULL * occupancy.most:
                detail = f"{occupancy.taken} of {occupancy.most} {occupancy.meaning}"
                return Check(status=Status.DEGRADED, detail=detail)
        return OK

    return probe


def flush_probe(state: Callable[[], FlushState]) -> Probe:
    """Whether client reports reach the database in time."""

    def probe() -> Check:
        flush = state()
        if flush.oldest_seconds > MAX_FLUSH_SECONDS:
            detail = f"{flush.waiting} reports wait, the oldest {flush.oldest_seconds:.0f} s"
            return Check(status=Status.DEGRADED, detail=detail)
        if flush.fault is not None:
            return Check(status=Status.DEGRADED, detail=flush.fault)
        return OK

    return probe


def country_file_probe(
    source: Source, file_fault: Callable[[], str | None], now: Callable[[], datetime]
) -> Probe:
    """Whether the file that countries come from can be used and is younger than 12 months."""

    def probe() -> Check:
        current = source()
        fault = file_fault() or (current.warning(now()) if current else None)
        return Check(status=Status.DEGRADED, detail=fault) if fault else OK

    return probe


def scheduler_probe(
    last_sign: Callable[[], datetime | None],
    failed_jobs: Callable[[], Sequence[str]],
    now: Callable[[], datetime],
) -> Probe:
    """Whether a scheduler holds the lease (`last_sign`: its last renewal) and its jobs succeed."""

    def probe() -> Check:
        renewed_at = last_sign()
        if renewed_at is None:
            return Check(status=Status.DEGRADED, detail="no scheduler has run yet")
        if now() - renewed_at > SCHEDULER_SILENCE:
            silent_seconds = (now() - renewed_at).total_seconds()
            return Check(status=Status.DEGRADED, detail=f"no scheduler for {silent_seconds:.0f} s")
        failed = failed_jobs()
        if failed:
            return Check(status=Status.DEGRADED, detail=f"failed: {', '.join(failed)}")
        return OK

    return probe
