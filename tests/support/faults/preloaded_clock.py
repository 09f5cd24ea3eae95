"""A clock of the wall for whole processes, which preload libfaketime; the monotonic one stays.

Debian's package `faketime` has the library. Processes of several users share its memory, so it is
made here: each that makes its own leaves it behind when it is killed, and lets no other user in.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

LIBRARY = "*/faketime/libfaketimeMT.so.1"
SHARED_MEMORY = Path("/dev/shm")  # where Linux has that of POSIX
PAGE_BYTES = 4096


class PreloadedClock:
    """The clock: it goes as the true one does, as far from it as it was set."""

    def __init__(self, folder: Path, shared: str) -> None:
        self._file = folder / "clock"
        self._shared = shared
        self._ahead = timedelta()
        self.set("+0")

    def set(self, offset: str) -> None:
        """Set it: `+3h`, `-90m`, `+12.5` seconds from the true time."""
        fresh = self._file.with_suffix(".fresh")
        fresh.write_text(offset)
        fresh.chmod(0o644)
        fresh.replace(self._file)  # a process would take an empty file for the year 1970

    def set_to(self, instant: datetime) -> None:
        """Set it to an instant, from which it goes on."""
        self._ahead = instant - datetime.now(UTC)
        self.set(f"{self._ahead.total_seconds():+.3f}")

    def now(self) -> datetime:
        """What it says, if it was set to an instant."""
        return datetime.now(UTC) + self._ahead

    @property
    def environment(self) -> dict[str, str]:
        """What a process is started with."""
        return {
            "LD_PRELOAD": str(_library()), "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
            "FAKETIME_SHARED": self._shared, "TZ": "UTC",
        }  # fmt: skip

    @contextmanager
    def preloaded(self) -> Iterator[None]:
        """Processes that start within the block have this clock."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            yield


@contextmanager
def preloaded_clock(folder: Path) -> Iterator[PreloadedClock]:
    """A clock with the true time; the test is skipped where the library is not installed."""
    if _library() is None:
        pytest.skip("libfaketime is not installed (Debian: apt-get install faketime)")
    name = f"/wsmon-{uuid4().hex[:12]}"
    semaphore, memory = SHARED_MEMORY / f"sem.{name[1:]}", SHARED_MEMORY / f"{name[1:]}.memory"
    assert _new_semaphore(name.encode(), os.O_CREAT | os.O_EXCL, 0o600, 1)
    memory.write_bytes(bytes(PAGE_BYTES))
    for path in (semaphore, memory):
        path.chmod(0o666)
    try:
        yield PreloadedClock(folder, f"{name} {name}.memory")
    finally:
        for path in (semaphore, memory):
            path.unlink()


def _new_semaphore(*arguments: bytes | int) -> int | None:
    """sem_open(3) with a name, flags, mode and its value."""
    sem_open = ctypes.CDLL(None).sem_open
    sem_open.restype = ctypes.c_void_p
    address: int | None = sem_open(*arguments)
    return address


def _library() -> Path | None:
    return next(Path("/usr/lib").glob(LIBRARY), None)
