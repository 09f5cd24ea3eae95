"""What the generator itself uses, and whether it keeps up."""

import asyncio
import resource
from pathlib import Path
from time import perf_counter

INTERVAL = 0.1
DESCRIPTORS = Path("/proc/self/fd")


class Watch:
    """CPU, lag of the event loop and open files of this process."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self._new_lags: list[float] = []
        self._at, self._cpu = perf_counter(), cpu_seconds()

    async def run(self) -> None:
        """Measure how late the loop comes back from a sleep, until cancelled."""
        while True:
            began = perf_counter()
            await asyncio.sleep(INTERVAL)
            self._new_lags.append(max(0.0, (perf_counter() - began - INTERVAL) * 1000))

    def cut(self) -> tuple[float, float]:
        """Since the last call: the share of one core, and the longest lag in ms."""
        now, cpu = perf_counter(), cpu_seconds()
        share = (cpu - self._cpu) / max(now - self._at, 1e-9)
        self._at, self._cpu = now, cpu
        lags, self._new_lags = self._new_lags, []
        self.lags += lags
        return share, max(lags, default=0.0)


def cpu_seconds() -> float:
    """CPU time of this process, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def open_files() -> int:
    """Open files of this process."""
    try:
        return sum(1 for _ in DESCRIPTORS.iterdir())
    except OSError:
        return 0
