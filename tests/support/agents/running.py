"""Runs a measured server in a folder of its own, and compares its figures with the truth."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.servers.running_server import free_port
from tests.support.threads import in_thread

from . import journey
from .recipes import FILES, Recipe
from .sink import Sink

PROGRAMS = Path(__file__).with_name("programs")
START_SECONDS, STOP_SECONDS = 30, 30


@dataclass
class Outcome:
    """A recipe, what differed from the truth, and what the agent counted by way of ending."""

    recipe: Recipe
    differences: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    server: str = ""


@contextmanager
def serving(
    recipe: Recipe, python: Path, agent: Path, url: str | None
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The recipe's program on a port, measured when a `url` is there to send to; with the modules
    in `agent` on its path. It is killed at the end."""
    folder = Path(tempfile.mkdtemp())
    for path in PROGRAMS.glob("*.py"):
        shutil.copy(path, folder)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    port, log = free_port(), (folder / "log").open("wb")
    command = [part.format(port=port, program=recipe.program) for part in recipe.command]
    environment = {**os.environ, "PYTHONPATH": f"{agent}{os.pathsep}{folder}"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"} | ({"SINK": url} if url else {})
    process = subprocess.Popen(
        [str(python), "-m", *command], cwd=folder, env=environment, stdout=log, stderr=log
    )
    try:
        _wait(port, process)
        yield port, process
    except BaseException as fault:
        fault.add_note((folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:])
        raise
    finally:
        process.kill()
        process.wait()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def run(recipe: Recipe, python: Path, agent: Path, at_once: int = journey.AT_ONCE) -> Outcome:
    """The whole journey on one server."""
    sink = Sink()
    try:
        with serving(recipe, python, agent, sink.url) as (port, process):
            driven = journey.drive(port, process, recipe.limit, at_once)
            truth = in_thread(asyncio.run, driven)
            process.wait(STOP_SECONDS)
        return _compare(recipe, truth, sink)
    finally:
        sink.close()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the server does not listen")


def _compare(recipe: Recipe, truth: journey.Truth, sink: Sink) -> Outcome:
    expected: Counter[str] = Counter()
    for (way, _code), number in truth.ends.items():
        expected[_alike(recipe, recipe.label(way))] += number
    closed: Counter[str] = Counter()
    for label, number in sink.by_label("connections", "closed").items():
        closed[_alike(recipe, label)] += number
    samples = list(sink.samples.values())
    pairs = {
        "opened": (truth.opened, sink.total("connections", "opened")),
        "refused": (truth.refused, sum(sink.by_label("connections", "rejected").values())),
        "received": (truth.sent, sink.total("messages", "received")),
        "bytes received": (truth.bytes_sent, sink.total("messages", "bytes_received")),
        "sent": (truth.received, sink.total("messages", "sent")),
        "bytes sent": (truth.bytes_received, sink.total("messages", "bytes_sent")),
        "closed": (dict(expected), dict(closed)),
        "still open": (0, samples[-1]["connections"]["active"] if samples else None),
        "events": (1, len(sink.events)),
        "faults": ([], sink.faults),
    }
    hidden = set(samples[-1]["agent"]["not_counted"]) if samples else set()
    return Outcome(
        recipe,
        [f"{name}: {actual} instead of {true}" for name, (true, actual) in pairs.items()
         if actual != true]
        + [f"does not say that it hides {name}" for name in recipe.hides - hidden],
        {way: recipe.label(way) for way in dict.fromkeys(way for way, _ in truth.ends)},
        samples[-1]["agent"]["server"] if samples else "",
    )  # fmt: skip


def _alike(recipe: Recipe, label: str) -> str:
    return recipe.alike.get(label, label)
