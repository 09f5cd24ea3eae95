"""Durable posts side by side: `scripts/python -m scripts.bench.durable --before ../before`.

One report of 1.2 kB a POST over kept connections, one web worker each; `--before` is a checkout of
another build. Rounds alternate, and a ratio is the median over the rounds, so that a machine which
others use too says the same. InfluxDB takes part where `influxd` is installed.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from scripts.bench import http_load
from settings import CHECKOUT

from . import servers
from .servers import Server, cpu_seconds

FIRST_PORT = 8961
MICROSECONDS = 1e6
HEAD = (
    "| | posts/s | CPU µs a post: serving | with store | p50 ms | p99 ms "
    "| posts/s, ratio | posts a CPU second, ratio | p99, ratio |"
)


class Round(NamedTuple):
    """One server for some seconds; CPU in microseconds a durable post."""

    per_second: float
    serving: float
    total: float
    p50: float
    p99: float
    lost: int


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of the build to compare with")
    parser.add_argument("--connections", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        contenders = _started(stack, folder, options.before)
        for each in contenders:
            measured(each, options.connections, 2)  # warm
        rounds = [
            [measured(each, options.connections, options.seconds) for each in contenders]
            for _ in range(options.rounds)
        ]
    print(table([each.name for each in contenders], rounds))
    return 0


def measured(server: Server, connections: int, seconds: float) -> Round:
    """One round of a server."""
    serving, store = _cpu(server)
    load = http_load.run(server.port, server.request, connections, seconds)
    after_serving, after_store = _cpu(server)
    stored = load.statuses.get(server.stored, 0)
    per_post = MICROSECONDS / max(1, stored)
    own, of_store = after_serving - serving, after_store - store
    return Round(
        stored / seconds, own * per_post, (own + of_store) * per_post,
        load.percentile_ms(0.5), load.percentile_ms(0.99), len(load.times) - stored,
    )  # fmt: skip


def table(names: Sequence[str], rounds: Sequence[Sequence[Round]]) -> str:
    """Medians over the rounds, and ratios of the first server to each of the others."""
    lines = [HEAD, "|---" * HEAD.count(" |") + "|"]
    for number, name in enumerate(names):
        own = [each[number] for each in rounds]
        figures = [statistics.median(column) for column in zip(*own, strict=True)]
        ratios = _ratios([each[0] for each in rounds], own) if number else ("", "", "")
        cells = (name, *(f"{figure:,.0f}" for figure in figures[:-1]), *ratios)
        lines.append(f"| {' | '.join(cells)} |")
    lost = sum(each.lost for rounds_of in rounds for each in rounds_of)
    return "\n".join([*lines, f"{len(rounds)} rounds; posts not stored: {lost}"])


def _ratios(first: Sequence[Round], other: Sequence[Round]) -> tuple[str, str, str]:
    pairs = list(zip(first, other, strict=True))
    ratios = (
        [ours.per_second / its.per_second for ours, its in pairs],
        [its.serving / ours.serving for ours, its in pairs],
        [ours.p99 / its.p99 for ours, its in pairs],
    )
    by_rate, by_cpu, by_p99 = (f"{statistics.median(each):.2f}" for each in ratios)
    total = statistics.median([its.total / ours.total for ours, its in pairs])
    return by_rate, f"{by_cpu}; with store {total:.2f}", by_p99


def _cpu(server: Server) -> tuple[float, float]:
    store = cpu_seconds(server.store) if server.store is not None else 0.0
    return cpu_seconds(server.serving), store


def _started(stack: ExitStack, folder: Path, before: Path | None) -> list[Server]:
    builds = [("this build", CHECKOUT), *([("before", before.resolve())] if before else [])]
    contenders = [
        stack.enter_context(servers.build(name, checkout, folder / name.split()[0], port))
        for port, (name, checkout) in enumerate(builds, FIRST_PORT)
    ]
    program = shutil.which("influxd")
    if program is not None:
        port = FIRST_PORT + len(builds)
        contenders.append(stack.enter_context(servers.influxdb(program, folder / "influxdb", port)))
    return contenders


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
