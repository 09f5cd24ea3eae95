"""Metrics of the worker process: event-loop lag, CPU time, memory, file descriptors."""

import os
from pathlib import Path
from time import monotonic, process_time
from typing import Any

from ingest.worker.background import Loop, every

from .tally import HistogramBuilder

PROBE_SECONDS = 0.1
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class ProcessMeter:
    """Metrics of this process. The lag is how much later than due its probe runs."""

    def __init__(self) -> None:
        self._lag = HistogramBuilder()
        self._cpu_clock = process_time()
        self._due = monotonic()

    def watch(self) -> Loop:
        """Measure the loop lag until the loop is stopped."""
        self._due = monotonic() + PROBE_SECONDS
        return every(PROBE_SECONDS, self._probe, "loop lag")

    def take(self) -> dict[str, Any]:
        """Fields of a sample: counts since the last call, gauges now."""
        cpu_seconds, self._cpu_clock = process_time() - self._cpu_clock, process_time()
        return {
            "loop_lag": self._lag.take(),
            "cpu_ms": round(cpu_seconds * 1000),
            "memory_bytes": memory_bytes(),
            "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        }

    def _probe(self) -> None:
        at = monotonic()
        self._lag.add(max(0.0, at - self._due))
        self._due = at + PROBE_SECONDS


def memory_bytes() -> int:
    """Resident set size of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
