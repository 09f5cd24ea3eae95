"""The health check: a few probes under one deadline, and the worst of their states."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from threading import Lock, Thread
from time import monotonic

import msgspec

DEADLINE_SECONDS = 2.0


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
