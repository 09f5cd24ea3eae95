"""The probes of the health check: functions that make a probe of what it reads."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from analytics.country_file.source import Source
from analytics.formatting.numbers import plural

from .health import OK, Check, Probe, Status

MAX_FLUSH_SECONDS = 5.0
SCHEDULER_LEASE = "scheduler"
SCHEDULER_SILENCE = timedelta(seconds=60)  # its lease is renewed every few seconds
MAX_ROLLUP_DELAY = timedelta(seconds=120)  # several runs of the job
MAX_PENDING_SAMPLES = 20  # several intervals of a worker with a few apps
DEAD_MESSAGES_WINDOW = timedelta(days=3)
NEARLY_FULL = 0.9  # of the places of a limit
LOW_DISK_BYTES = 512 * 2**20
FULL_DISK_BYTES = 64 * 2**20


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


def bus_probe(
    is_up: Callable[[], bool], broker_fault: Callable[[], str | None], broker: str
) -> Probe:
    """Whether workers can reach each other through the bus, which is over `broker`."""

    def probe() -> Check:
        if is_up():
            return OK
        detail = f"workers cannot reach each other by {broker}: rooms go on inside each worker"
        fault = broker_fault()
        return Check(status=Status.DEGRADED, detail=f"{detail} ({fault})" if fault else detail)

    return probe


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
        if waiting is None or abs(now() - waiting) <= MAX_ROLLUP_DELAY:
            return OK
        if waiting > now():
            ahead_seconds = (waiting - now()).total_seconds()
            detail = f"rows to roll up are {ahead_seconds:.0f} s ahead: a clock was set"
            return Check(status=Status.DEGRADED, detail=detail)
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


def requests_probe(repeated: Callable[[], Mapping[str, int]]) -> Probe:
    """Whether all routes of this worker work (`repeated`: internal errors of a route within 5
    minutes, of those that fail again and again)."""

    def probe() -> Check:
        errors = [f"{route} ({count})" for route, count in repeated().items()]
        if not errors:
            return OK
        detail = f"internal errors in the last 5 minutes: {', '.join(errors)}; see the log"
        return Check(status=Status.DOWN, detail=detail)

    return probe


def scheduler_probe(
    last_sign: Callable[[], datetime | None],
    failed_jobs: Callable[[], Sequence[str]],
    open_jobs: Callable[[], Sequence[str]],
    now: Callable[[], datetime],
) -> Probe:
    """Whether a scheduler holds the lease (`last_sign`: its last renewal) and its jobs succeed.
    `open_jobs` have not ended: without a scheduler they were cut off."""

    def probe() -> Check:
        renewed_at = last_sign()
        if renewed_at is None:
            return Check(status=Status.DEGRADED, detail="no scheduler has run yet")
        if now() - renewed_at > SCHEDULER_SILENCE:
            silent_seconds = (now() - renewed_at).total_seconds()
            cut_off = f", cut off: {', '.join(jobs)}" if (jobs := open_jobs()) else ""
            detail = f"no scheduler for {silent_seconds:.0f} s{cut_off}"
            return Check(status=Status.DEGRADED, detail=detail)
        if renewed_at - now() > SCHEDULER_SILENCE:
            ahead_seconds = (renewed_at - now()).total_seconds()
            detail = f"the scheduler's last sign is {ahead_seconds:.0f} s ahead: a clock was set"
            return Check(status=Status.DEGRADED, detail=detail)
        failed = failed_jobs()
        if failed:
            return Check(status=Status.DEGRADED, detail=f"failed: {', '.join(failed)}")
        return OK

    return probe
