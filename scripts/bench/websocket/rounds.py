"""One round of a client against a server, and the ratios over many."""

import os
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .processes import CLIENT_CORE, Server


@dataclass(frozen=True, slots=True)
class Load:
    """What the client does, see `client.c`: `speakers` of the `connections` keep `burst` of
    `message` in flight, each of which brings them `share` frames; all say `first` when they
    open."""

    name: str
    path: str
    connections: int
    speakers: int
    message: str
    burst: int = 4
    share: int = 1
    first: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """Frames a second that the client got, processor time of the server for each in us, and the p99
    of the client's waits in ms."""

    per_second: float
    cpu_us: float
    p99_ms: float


def measured(client: Path, server: Server, load: Load, seconds: float, warm_up: float) -> Round:
    """One round."""
    numbers = (load.connections, load.speakers, load.burst, load.share, seconds, warm_up)
    words = [str(client), str(server.port), load.path, *map(str, numbers), load.first, load.message]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, CLIENT_CORE),  # noqa: PLW1509 - no thread runs
    )  # fmt: skip
    if process.stdout is None or not process.stdout.readline():  # a line once all are open
        raise SystemExit(f"{load.name}: the connections were not opened")
    before = server.cpu_seconds()
    output = process.stdout.read().split()
    spent = server.cpu_seconds() - before
    if process.wait():
        raise SystemExit(f"{load.name}: the server closed a connection")
    frames, p99_ms = int(output[0]), float(output[2])
    every = frames * (seconds + warm_up) / seconds
    return Round(frames / seconds, spent / max(every, 1) * 1e6, p99_ms)


def lines(rounds: Mapping[str, Sequence[Round]], base: str) -> list[str]:
    """A line for each server: medians, and the medians of the ratios of each round to `base`."""
    return [
        f"| {name} | {_median([r.per_second for r in own]):,.0f}"
        f" | {_ratio([r.per_second for r in own], [r.per_second for r in rounds[base]]):.2f}"
        f" | {_median([r.cpu_us for r in own]):.1f}"
        f" | {_ratio([r.cpu_us for r in rounds[base]], [r.cpu_us for r in own]):.2f}"
        f" | {_median([r.p99_ms for r in own]):.1f} |"
        for name, own in rounds.items()
    ]


def _ratio(of: Sequence[float], to: Sequence[float]) -> float:
    return _median([a / b for a, b in zip(of, to, strict=True)])


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)
