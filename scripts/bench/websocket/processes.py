"""The servers as processes, all on one core, and the client in C on another."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from settings import CHECKOUT

START_SECONDS = 60
HERE = Path(__file__).parent
STOCK, OURS, BEFORE, WEBSOCKETS, NODE = "flask-sock", "ours", "before", "websockets", "node ws"
SERVER_CORE, CLIENT_CORE = {min(os.sched_getaffinity(0))}, {max(os.sched_getaffinity(0))}
WS = "ws@8.23.0"


@dataclass(frozen=True, slots=True)
class Server:
    """A server: the port it listens on, and the process that serves."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Time on a processor so far, of all threads, in user and system."""
        return time.clock_gettime(~self.pid << 3 | 2)  # clock_getcpuclockid(3) of Linux

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def commands(before: Path | None, modules: Path | None) -> dict[str, tuple[list[str], Path]]:
    """Command and working folder of each, the address is appended. `before`: a checkout of another
    version of ours; `modules`: the folder of npm that holds `ws`."""
    gunicorn = [sys.executable, "-P", "-m", "gunicorn"]
    stock = ["-k", "gevent", "--worker-connections", "20000", "--backlog", "4096"]
    module = f"{__package__}.servers"
    found = {
        STOCK: ([*gunicorn, *stock, f"{module}:stock()", "-b"], Path("/")),
        OURS: ([*gunicorn, "-b"], CHECKOUT),
        WEBSOCKETS: ([sys.executable, "-P", "-m", module], CHECKOUT),
    }
    if before is not None:
        found[BEFORE] = ([*gunicorn, "-b"], before)
    if modules is not None:
        node = shutil.which("node") or "node"
        script = str(CHECKOUT / "scripts/bench/generators/echo_server.js")
        found[NODE] = ([node, script, str(modules / "ws")], CHECKOUT)
    return found


@contextmanager
def started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    """A server on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    is_python = command[0] == sys.executable
    address = [f"127.0.0.1:{port}"] if is_python else []
    words = [*command, *address] if is_python else [command[0], command[1], str(port), command[2]]
    checkout = folder if (folder / "wsgi.py").exists() else CHECKOUT
    process = subprocess.Popen(
        words, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env={**os.environ, **environment, "PORT": str(port), "PYTHONPATH": str(checkout)},
        preexec_fn=lambda: os.sched_setaffinity(0, SERVER_CORE),  # noqa: PLW1509 - no thread runs
    )  # fmt: skip
    try:
        _wait_for(port)
        yield Server(port, _serving(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            if connection.recv(1):
                return
        time.sleep(0.1)
    raise SystemExit(f"the server on port {port} did not start")


def _serving(pid: int) -> int:
    """The worker of a gunicorn, or the process itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0]) if children else pid


def compiled(folder: Path) -> Path:
    """The client, see `client.c`."""
    program = folder / "client"
    subprocess.run(["cc", "-O2", "-o", str(program), str(HERE / "client.c")], check=True)
    return program
