"""Real servers for tests: gunicorn over a database, and a PostgreSQL of a test's own."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from settings import CHECKOUT

START_SECONDS = 60
ADMIN_EMAIL = "admin@example.com"
ADMIN_PASSWORD = "correct horse battery staple"


@dataclass
class RunningServer:
    """Gunicorn with gevent workers on a port of its own. `log` holds what it said."""

    database_url: str
    data_dir: Path
    workers: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)
    admin_email: str = ADMIN_EMAIL
    admin_password: str = ADMIN_PASSWORD

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.data_dir / "gunicorn.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:create_app()"],
                cwd=CHECKOUT,
                env={**os.environ, **self._settings(), **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_answering()

    def wait_until_answering(self) -> None:
        """Return when a request is answered, whatever the answer; fail when the process ends."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            assert self._process.poll() is None, self.log.read_text()
            with suppress(requests.RequestException):
                requests.get(self.url + "/api/ws/health/live", timeout=5)
                return
            time.sleep(0.05)
        raise AssertionError(f"no answer within {START_SECONDS} s: {self.log.read_text()}")

    def stop(self) -> None:
        """Stop in order; kill when it takes longer than ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Kill everything at once, as a power cut would: connections break, nobody answers."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop, if it still runs, and start on the same port."""
        self.stop()
        self.start()

    def worker_pids(self) -> list[int]:
        """Process ids of the workers."""
        assert self._process is not None
        pid = self._process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_workers(self) -> None:
        """Kill every worker with SIGKILL; the master replaces them."""
        for pid in self.worker_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _settings(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_WORKERS": str(self.workers),
        }


@contextmanager
def running_server(
    database_url: str, data_dir: Path, *, workers: int = 1, **environment: str
) -> Iterator[RunningServer]:
    """A started server on a migrated database, stopped at the end of the block."""
    server = RunningServer(database_url, data_dir, workers, environment)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def open_folder(prefix: str = "wsmon-") -> Iterator[Path]:
    """A temporary folder other users may pass through, as the embedded database needs as root."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        Path(name).chmod(0o711)
        yield Path(name)
