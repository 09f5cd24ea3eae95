"""Echo through each face beside the bare server: `scripts/python -m scripts.bench.faces PYTHON`.

PYTHON is the interpreter of an environment with the servers
(`tests/support/agents/requirements.txt`). Both servers of a face run at once on one core, the
client on another; rounds alternate, and a ratio is the median over the rounds. Of the speed the
processor time of a message is the steadier figure on a machine that does other things too.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from scripts.bench import socket_load
from scripts.open_files import raise_limit

from .serving import FACES, Server, started

BURST = 4  # messages in flight on each socket


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", type=Path)
    parser.add_argument("faces", nargs="*", default=list(FACES))
    parser.add_argument("--bursts", type=int, default=50, help="on each connection in a round")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--idle", type=int, default=1000, help="connections for the memory")
    options = parser.parse_args(arguments)
    raise_limit()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for face in options.faces:
        with ExitStack() as stack:
            servers = {
                is_measured: stack.enter_context(started(options.python, face, is_measured))
                for is_measured in (False, True)
            }
            print(f"{face}: {_memory(servers, options.idle)}, {_speed(servers, options)}")
    return 0


def _memory(servers: Mapping[bool, Server], connections: int) -> str:
    bare, measured = (_idle_bytes(servers[key], connections) for key in (False, True))
    return f"{measured - bare:+,.0f} bytes a connection (bare {bare:,.0f})"


def _idle_bytes(server: Server, connections: int) -> float:
    """First of all: a process does not give memory back."""
    socket_load.close(socket_load.open_sockets(server.port, 10, "/"))
    before = server.memory()
    sockets = socket_load.open_sockets(server.port, connections, "/")
    time.sleep(0.5)
    used = (server.memory() - before) / connections
    socket_load.close(sockets)
    return used


def _speed(servers: Mapping[bool, Server], options: argparse.Namespace) -> str:
    sockets = {
        key: socket_load.open_sockets(server.port, options.connections, "/")
        for key, server in servers.items()
    }
    seconds: dict[bool, list[float]] = {False: [], True: []}
    costs: dict[bool, list[float]] = {False: [], True: []}
    for number in range(options.rounds):
        for key in (number % 2 == 0, number % 2 == 1):
            before = servers[key].processor_seconds()
            seconds[key].append(socket_load.echo_seconds(sockets[key], options.bursts, BURST))
            spent = servers[key].processor_seconds() - before
            costs[key].append(spent / (options.connections * options.bursts * BURST) * 1e6)
    for each in sockets.values():
        socket_load.close(each)
    by_time, by_cost = _ratio(seconds), _ratio(costs)
    bare, measured = (statistics.median(costs[key]) for key in (False, True))
    return (
        f"echo {by_time:.3f}x, by processor time {by_cost:.3f}x"
        f" ({bare:.1f} and {measured:.1f} us an echo, {(measured - bare) / 2:+.2f} a message)"
    )


def _ratio(rounds: Mapping[bool, list[float]]) -> float:
    """How much of the bare server's speed the measured one has."""
    return statistics.median(b / m for b, m in zip(rounds[False], rounds[True], strict=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
