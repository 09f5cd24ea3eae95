"""Load generators side by side: `scripts/python -m scripts.bench.generators`.

Against one trivial echo server (node's `ws`), rounds alternating: messages for a second of the
generator's CPU at 1,000 connections and 100 bytes, of ours with scenario, histogram and checks, of
Locust with websocket-client, and of a plain client of `websockets`; then the p99 that ours and a
client in C measure at half of our load. Needs node with npm, and a C compiler.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from analytics.load_tests.report import LoadTestReport
from scripts.bootstrap import environment
from scripts.open_files import raise_limit
from settings import CHECKOUT

from . import websockets_client
from .measure import per_cpu_second, running, served, wait_until_served

HERE = Path(__file__).parent
PORT = 8977
WS = "ws@8.23.0"
OURS, LOCUST, WEBSOCKETS = "ours", "Locust + websocket-client", "websockets"
GOALS = {LOCUST: 5.0, WEBSOCKETS: 2.5}
WARM_UP = 2.0
LONG = "600"


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20.0, help="of ours, each connection")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    raise_limit()
    with tempfile.TemporaryDirectory(prefix="wsmon-bench-") as name:
        folder = Path(name)
        subprocess.run(["npm", "install", "--silent", "--prefix", name, WS], check=True)
        client = _compiled(folder)
        node = shutil.which("node") or "node"
        server = [node, str(HERE / "echo_server.js"), str(PORT), f"{name}/node_modules/ws"]
        with running(server):
            wait_until_served(PORT)
            _speeds(options)
            _percentiles(options, client, folder)
    return 0


def _speeds(options: argparse.Namespace) -> None:
    rates: dict[str, list[tuple[float, float]]] = {}
    for _ in range(options.rounds):
        for name, command in _commands(options).items():
            rates.setdefault(name, []).append(
                per_cpu_second(command, options.connections, options.seconds, lambda: served(PORT))
            )
            _wait_until_closed()
    print(f"{options.connections:,} connections, 100 bytes, median of {options.rounds} rounds")
    print(f"{'':<28}{'messages per CPU s':>20}{'messages/s':>14}{'ours is':>12}{'goal':>8}")
    for name, pairs in rates.items():
        per_cpu, per_second = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(
            ours / other for (ours, _), (other, _) in zip(rates[OURS], pairs, strict=True)
        )
        goal = f"{GOALS[name]:g}x" if name in GOALS else ""
        print(f"{name:<28}{per_cpu:>20,.0f}{per_second:>14,.0f}{ratio:>11.1f}x{goal:>8}")


def _commands(options: argparse.Namespace) -> dict[str, list[str]]:
    number, locust = str(options.connections), str(environment("locust"))
    plain = str(CHECKOUT / "scripts/load/locust/plain_client.py")
    return {
        OURS: _ours(options, options.rate, LONG),
        LOCUST: [
            locust, "-P", "-m", "locust", "-f", plain, "--headless", "--users", number,
            "--spawn-rate", "200", "--host", f"ws://127.0.0.1:{PORT}/",
        ],
        WEBSOCKETS: [
            sys.executable, "-P", "-m", websockets_client.__name__, str(PORT), number, LONG,
        ],
    }  # fmt: skip


def _ours(options: argparse.Namespace, rate: float, seconds: str, *more: str) -> list[str]:
    return [
        sys.executable, "-P", "-m", "scripts.load.command", "extreme", "--connections",
        str(options.connections), "--url", f"ws://127.0.0.1:{PORT}/", "--rate", str(rate),
        "--duration", seconds, "--ramp-up", "5", "--size", "100", *more,
    ]  # fmt: skip


def _percentiles(options: argparse.Namespace, client: Path, folder: Path) -> None:
    rate, pairs = options.rate / 2, []
    path = folder / "run.json"
    for _ in range(options.rounds):
        _quietly(_ours(options, rate, str(options.seconds), "--json", str(path)))
        ours = msgspec.json.decode(path.read_bytes(), type=LoadTestReport).round_trip.p99 or 0.0
        _wait_until_closed()
        numbers = (PORT, options.connections, rate, options.seconds + WARM_UP, WARM_UP)
        output = _quietly([str(client), *map(str, numbers)])
        pairs.append((ours, float(output.split()[1])))
        _wait_until_closed()
    print(f"\np99 at {options.connections * rate:,.0f} messages/s, ms: ours, C client, difference")
    for ours, theirs in pairs:
        print(f"{ours:>10.2f}{theirs:>10.2f}{ours / theirs - 1:>+10.0%}")
    middle = statistics.median(ours / theirs - 1 for ours, theirs in pairs)
    print(f"median difference {middle:+.0%}, goal within 10%")


def _quietly(command: Sequence[str]) -> str:
    completed = subprocess.run(command, check=False, capture_output=True, text=True)
    return completed.stdout


def _wait_until_closed() -> None:
    while served(PORT).open:
        time.sleep(0.2)


def _compiled(folder: Path) -> Path:
    program = folder / "client"
    source = str(HERE / "client.c")
    subprocess.run(["cc", "-O2", "-o", str(program), source], check=True)
    return program


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
