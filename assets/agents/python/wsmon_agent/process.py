"""What the process uses, and when its service was started; `None` where the system does not say."""

from __future__ import annotations

import os
from pathlib import Path
from time import process_time

PROC = Path("/proc")


class ProcessMeter:
    """Processor time since the last call, memory and open files now."""

    def __init__(self) -> None:
        self._cpu = process_time()

    def take(self) -> dict[str, int]:
        """`cpu_ms`, `memory_bytes` and `descriptors`, as far as they can be read."""
        before, self._cpu = self._cpu, process_time()
        usage = {"cpu_ms": max(0, round((self._cpu - before) * 1000))}
        try:
            pages = int((PROC / "self" / "statm").read_text(encoding="ascii").split()[1])
            usage["memory_bytes"] = pages * os.sysconf("SC_PAGE_SIZE")
            usage["descriptors"] = len(os.listdir(PROC / "self" / "fd"))  # noqa: PTH208 - counts
        except (OSError, ValueError):
            pass
        return usage


def start_of_service() -> str:
    """What all workers of one start have in common: the leader of their process group and the tick
    at which it started."""
    leader = os.getpgid(0)
    try:
        stat = (PROC / str(leader) / "stat").read_text(encoding="utf-8", errors="replace")
        return f"{leader}:{stat.rpartition(')')[2].split()[19]}"
    except (OSError, IndexError):
        return f"{leader}"
