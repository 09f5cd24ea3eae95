"""WebSocket servers side by side: `scripts/python -m scripts.bench.websocket`.

Stock flask-sock on gunicorn's gevent worker, ours on the same with its meter, a checkout of ours
from `before`, the `websockets` library on asyncio, and `ws` of node where npm is; one process each
on one core, a client in C on another. Rounds alternate, and a ratio is the median over the rounds.
Of the speed the processor time of a message is the steadier figure on a machine that does other
things too. Needs a C compiler.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from models.database import migrate
from models.embedded import running
from scripts.bench import socket_load
from scripts.open_files import raise_limit
from settings import Settings

from .processes import BEFORE, OURS, WS, Server, commands, compiled, started
from .rounds import Load, Round, lines, measured

SETTLE_SECONDS = 2
HUNDRED = "a message of a chat, of a length as people write them. ".ljust(100, "x")
JOIN = '{"type":"join","room":"hall"}'
PING = '{"type":"ping","id":1}'
SPEAK = '{"type":"message","room":"hall","data":"a message of a chat, as people write them"}'
LOADS = [
    Load("echo, 50 connections", "/ws/echo", 50, 50, HUNDRED),
    Load("echo, 1,000 connections", "/ws/echo", 1000, 1000, HUNDRED),
    Load("JSON ping of /ws, 1,000 connections", "/ws", 1000, 1000, PING, burst=4),
    Load("a room of 200, ten speak", "/ws", 200, 10, SPEAK, burst=1, share=10, first=JOIN),
]
ROOMS = {load.name for load in LOADS if load.path == "/ws"}


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--warm-up", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--before", type=Path, help="a checkout to compare with")
    parser.add_argument("--modules", type=Path, help="the node_modules with ws, else npm gets it")
    parser.add_argument("--only", default="", help="loads whose names hold this")
    parser.add_argument("--servers", default="", help="names with commas between, else all")
    parser.add_argument("--idle", type=int, default=1000, help="connections for the memory")
    options = parser.parse_args(arguments)
    raise_limit()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        environment = {
            "DATABASE_URL": url, "DATA_DIR": str(folder), "WEB_WORKERS": "1", "HOST": "127.0.0.1",
            "WEBSOCKET_PING_SECONDS": "0", "WEBSOCKET_PER_ADDRESS": "0",
        }  # fmt: skip
        modules = options.modules or _node_modules(folder)
        servers = {
            name: stack.enter_context(started(*command, environment))
            for name, command in commands(options.before, modules).items()
            if not options.servers or name in options.servers.split(",")
        }
        if options.idle:
            _memory(servers, options.idle)  # first: a process does not give memory back
        for load in LOADS:
            if options.only in load.name:
                _compare(servers, compiled(folder), load, options)
    return 0


def _node_modules(folder: Path) -> Path | None:
    npm = shutil.which("npm")
    if npm is None:
        return None
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), WS], check=True)
    return folder / "node_modules"


def _memory(servers: dict[str, Server], idle: int) -> None:
    for name, server in servers.items():
        path = "/ws/echo"
        socket_load.close(socket_load.open_sockets(server.port, 10, path))  # what the first loads
        time.sleep(SETTLE_SECONDS)
        before = server.memory()
        sockets = socket_load.open_sockets(server.port, idle, path)
        time.sleep(SETTLE_SECONDS)
        taken = (server.memory() - before) / idle
        socket_load.close(sockets)
        print(f"{name}: {taken:,.0f} bytes an idle connection, at {idle:,}", flush=True)


def _compare(
    servers: dict[str, Server], client: Path, load: Load, options: argparse.Namespace
) -> None:
    rivals = [name for name in servers if load.name not in ROOMS or name in (OURS, BEFORE)]
    rounds: dict[str, list[Round]] = {name: [] for name in rivals}
    for number in range(options.rounds):
        for name in rivals if number % 2 else reversed(rivals):
            rounds[name].append(
                measured(client, servers[name], load, options.seconds, options.warm_up)
            )
    base = BEFORE if BEFORE in rivals and load.name in ROOMS else rivals[0]
    print(f"\n{load.name}, median of {options.rounds} rounds, ratios to {base}")
    print("| | frames/s | ratio | us of processor a frame | ratio | p99 of a wait, ms |")
    print("|---|---|---|---|---|---|")
    print("\n".join(lines(rounds, base)), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
