"""Echo servers side by side: `scripts/python -m scripts.bench.websocket`.

Stock flask-sock on gunicorn's gevent worker, ours on the same with and without its meter, and the
`websockets` library on asyncio; one process each, rounds alternate, and a ratio is the median over
the rounds.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from models.database import migrate
from models.embedded import running
from scripts.open_files import raise_limit
from settings import CHECKOUT, Settings

from . import socket_load, websocket_servers

FIRST_PORT = 8981
START_SECONDS = 60
SETTLE_SECONDS = 2
STOCK, OURS, UNMONITORED = "flask-sock", "ours", "ours unmonitored"


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--burst", type=int, default=4, help="messages in flight on each socket")
    options = parser.parse_args(arguments)
    raise_limit()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wsmon-bench-")))
        folder.chmod(0o711)
        url = stack.enter_context(running(Settings(data_dir=folder)))
        migrate.upgrade(url)
        servers = {
            # Only ours runs in the checkout, where gunicorn finds its configuration.
            name: (
                port,
                stack.enter_context(
                    _started(command, port, folder, url, CHECKOUT if name == OURS else folder)
                ),
            )
            for port, (name, command) in enumerate(_commands(), FIRST_PORT)
        }
        # First: a process does not give memory back.
        for name, (port, process) in servers.items():
            print(f"{name}: {_idle_bytes(port, process):,.0f} bytes per idle connection at 1,000")
        for connections in (50, 1000):
            _compare(servers, connections, options)
    return 0


def _commands() -> list[tuple[str, list[str]]]:
    """Name and command of each; the port is appended."""
    gunicorn = [sys.executable, "-m", "gunicorn"]
    target = f"{websocket_servers.__name__}:stock()"
    stock = ["-k", "gevent", "--worker-connections", "5000", target, "-b"]
    asyncio = [sys.executable, "-m", websocket_servers.__name__]
    bare = ["-k", "gevent", "--worker-connections", "5000", target.replace("stock", "unmonitored")]
    return [
        (STOCK, [*gunicorn, *stock]),
        (UNMONITORED, [*gunicorn, *bare, "-b"]),
        (OURS, [*gunicorn, "-b"]),
        ("websockets", asyncio),
    ]


@contextmanager
def _started(
    command: list[str], port: int, folder: Path, url: str, cwd: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on its port."""
    environment = {
        **os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "PORT": str(port),
        "WEB_WORKERS": "1", "PYTHONPATH": str(CHECKOUT), "WEBSOCKET_PING_SECONDS": "0",
    }  # fmt: skip
    process = subprocess.Popen(
        [*command, f"127.0.0.1:{port}"], cwd=cwd, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for_server(port)
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _wait_for_server(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise SystemExit(f"the server on port {port} did not start")


def _compare(
    servers: dict[str, tuple[int, subprocess.Popen[bytes]]],
    connections: int,
    options: argparse.Namespace,
) -> None:
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(options.rounds):
        for name, (port, _process) in servers.items():
            sockets = socket_load.open_sockets(port, connections)
            rate = socket_load.messages_per_second(sockets, options.seconds, options.burst)
            rates[name].append(rate)
            socket_load.close(sockets)
    for name, server_rates in rates.items():
        ratio = statistics.median(
            rate / stock for rate, stock in zip(server_rates, rates[STOCK], strict=True)
        )
        median = statistics.median(server_rates)
        print(
            f"{connections:,} connections, {name}: {median:,.0f} messages/s, "
            f"{ratio:.2f} of {STOCK} (median of {options.rounds})"
        )
    metered = statistics.median(
        ours / bare for ours, bare in zip(rates[OURS], rates[UNMONITORED], strict=True)
    )
    print(f"{connections:,} connections: {OURS} is {metered:.2f} of {UNMONITORED}")


def _idle_bytes(port: int, process: subprocess.Popen[bytes]) -> float:
    """Resident memory of the serving process per idle connection."""
    pid = _worker(process.pid)
    socket_load.close(socket_load.open_sockets(port, 10))  # warm-up: what the first loads
    time.sleep(SETTLE_SECONDS)
    before = _resident(pid)
    sockets = socket_load.open_sockets(port, 1000)
    time.sleep(SETTLE_SECONDS)
    taken = _resident(pid) - before
    socket_load.close(sockets)
    return taken / 1000


def _worker(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
