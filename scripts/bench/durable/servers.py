"""The servers of the bench: a build with a store of its own and one web worker, and InfluxDB."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from models.embedded import running
from settings import Settings

from . import posts
from .posts import Maker

START_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
MIGRATE = "import sys; from models.database import migrate; migrate.upgrade(sys.argv[1])"
INFLUXDB = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  wal-fsync-delay = "0s"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[monitor]
  store-enabled = false
"""


@dataclass(frozen=True)
class Server:
    """A started server: what posts to it are, the status of a durable one, and the processes whose
    time counts: those that serve, and those of a store apart."""

    name: str
    port: int
    request: Maker
    stored: bytes
    serving: int
    store: int | None = None


def cpu_seconds(pid: int) -> float:
    """What a process, its children and those that ended have computed."""
    total = 0.0
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total = sum(map(int, fields[11:15])) / TICKS
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        total += sum(cpu_seconds(int(child)) for child in children)
    return total


@contextmanager
def build(name: str, checkout: Path, folder: Path, port: int) -> Iterator[Server]:
    """The build in `checkout`, with one web worker."""
    folder.mkdir(mode=0o711)
    with running(Settings(data_dir=folder)) as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "PORT": str(port),
            "WEB_WORKERS": "1", "PYTHONPATH": str(checkout),
        }  # fmt: skip
        python = [sys.executable, "-P"]
        subprocess.run([*python, "-c", MIGRATE, url], cwd=checkout, env=environment, check=True)
        command = [*python, "-m", "gunicorn", "--log-level", "warning"]
        with _running(command, checkout, environment) as process:
            _await(f"http://127.0.0.1:{port}/api/ws/health/live")
            pid_file = next(folder.rglob("postmaster.pid"))
            store = int(pid_file.read_text().splitlines()[0])
            yield Server(name, port, posts.of_ours(), b"201", process.pid, store)


@contextmanager
def influxdb(program: str, folder: Path, port: int) -> Iterator[Server]:
    """InfluxDB 1, which answers a write when it is on the disk."""
    folder.mkdir()
    configuration = folder / "influxdb.conf"
    configuration.write_text(INFLUXDB.format(folder=folder, port=port, rpc=port + 1))
    command = [program, "-config", str(configuration)]
    with _running(command, folder, {**os.environ}) as process:
        _await(f"http://127.0.0.1:{port}/ping")
        urllib.request.urlopen(f"http://127.0.0.1:{port}{posts.created()}", data=b"").close()
        yield Server("InfluxDB", port, posts.of_influxdb(), b"204", process.pid)


@contextmanager
def _running(
    command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _await(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url):  # noqa: S310 - of this machine
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing answers at {url}")
