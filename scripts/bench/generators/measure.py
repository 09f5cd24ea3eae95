"""Measuring a generator from outside: what the server returned, and CPU time of its processes."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CONNECTING_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
Count = Callable[[], "Served"]


@dataclass(frozen=True, slots=True)
class Served:
    """What the server returned so far, and its open connections."""

    messages: int
    open: int


class NotMeasured(Exception):
    """A generator ended, or did not connect. The text says which."""


def served(port: int) -> Served:
    """What the echo server says of itself. Raises `OSError`."""
    with urllib.request.urlopen(
        f"http://127.0.0.1:{port}/", timeout=CONNECTING_SECONDS
    ) as response:
        return Served(**json.load(response))


def wait_until_served(port: int) -> None:
    """Until the echo server listens. Raises `NotMeasured`."""
    end = time.monotonic() + CONNECTING_SECONDS
    while True:
        with suppress(OSError):
            served(port)
            return
        if time.monotonic() > end:
            raise NotMeasured("the echo server does not listen")
        time.sleep(0.1)


def per_cpu_second(
    command: Sequence[str], connections: int, seconds: float, count: Count
) -> tuple[float, float]:
    """Messages for a second of a generator's CPU, and messages a second of the clock, once all are
    connected. Raises `NotMeasured`."""
    with running(command) as process:
        _wait_for(connections, process, count)
        time.sleep(1)
        began, cpu, before = time.perf_counter(), cpu_seconds(process.pid), count()
        time.sleep(seconds)
        elapsed = time.perf_counter() - began
        used, after = cpu_seconds(process.pid) - cpu, count()
        if after.open < connections:
            raise NotMeasured(f"{command[-1]}: {after.open} of {connections} were open at the end")
    messages = after.messages - before.messages
    return messages / max(used, 1 / TICKS), messages / elapsed


def _wait_for(connections: int, process: subprocess.Popen[bytes], count: Count) -> None:
    end = time.monotonic() + CONNECTING_SECONDS
    while count().open < connections:
        if process.poll() is not None or time.monotonic() > end:
            raise NotMeasured(f"{process.args!r}: only {count().open} connected")
        time.sleep(0.2)


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process, killed at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
