"""The servers of the matrix of tests, each as a process of its own, bare or measured."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import CHECKOUT

PROGRAMS = CHECKOUT / "tests" / "support" / "agents" / "programs"
AGENT = CHECKOUT / "assets" / "agents" / "python"
NOBODY = "http://127.0.0.1:9/"
START_SECONDS, FIRST_CORE = 30, 0
FACES = {
    "flask-sock": ("flask_app", "{port}"),
    "asgi": ("uvicorn", "asgi_app:app", "--port", "{port}", "--log-level", "error"),
    "aiohttp": ("aiohttp_app", "{port}"),
    "websockets": ("websockets_app", "{port}"),
    "tornado": ("tornado_app", "{port}"),
}


class Server:
    """A process that echoes on a port."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self._process = port, process

    def processor_seconds(self) -> float:
        """Time on a processor so far, of all threads, in user and system."""
        return time.clock_gettime(~self._process.pid << 3 | 2)  # clock_getcpuclockid(3) of Linux

    def memory(self) -> int:
        """Resident bytes."""
        statm = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii")
        return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def started(python: Path, face: str, is_measured: bool) -> Iterator[Server]:
    """A server of `FACES` on the first core; it is killed at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(python), "-m", *(part.format(port=port) for part in FACES[face])]
    environment = {**os.environ, "PYTHONPATH": f"{AGENT}{os.pathsep}{PROGRAMS}"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"} | ({"SINK": NOBODY} if is_measured else {})
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            os.sched_setaffinity(process.pid, {FIRST_CORE})
            yield Server(_listening(port, process), process)
        finally:
            process.kill()
            process.wait()


def _listening(port: int, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return port
    raise TimeoutError("the server does not listen")
