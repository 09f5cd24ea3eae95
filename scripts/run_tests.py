"""Runs pytest on all cores, after installing the programs it needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from scripts.sdk import node_packages
from settings import CHECKOUT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Whole files, in the order of tests/conftest.py
PARALLEL = ["--dist", "loadfile", "--no-loadscope-reorder"]
# Of Debian, by program
PACKAGES = {"redis-server": "redis-server", "promtool": "prometheus"}
ENGINES = {"firefox-esr": "firefox-esr", "WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
CLOCKS = {"faketime": "faketime"}


def main(arguments: list[str]) -> int:
    """Exit status of pytest, run in the checkout."""
    os.chdir(CHECKOUT)
    keep_bytecode(Path(sys.prefix) / "bytecode")
    missing = missing_packages(is_deep="--deep" in arguments)
    if missing:
        install(missing)
    node_packages.install()
    parallel = [] if _chooses_workers(arguments) else ["-n", str(_workers()), *PARALLEL]
    return int(pytest.main([*parallel, *arguments]))


def keep_bytecode(folder: Path) -> None:
    """Let this process and its children store compiled modules in a folder.

    The tests start about a hundred Python processes. Each compiles every module it imports, 2 s of
    CPU, when the environment has no compiled modules (uv installs none, and the service user may
    not write any) or `PYTHONDONTWRITEBYTECODE` is set.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(folder)


def missing_packages(*, is_deep: bool) -> list[str]:
    """The Debian packages that the tests need and this machine lacks; the deep ones need further
    browsers, and a clock that can be set for one process."""
    programs = PACKAGES | ENGINES | CLOCKS if is_deep else PACKAGES
    missing = [package for program, package in programs.items() if not shutil.which(program)]
    return missing if has_browser() else ["chromium", *missing]


def has_browser() -> bool:
    """Whether a system Chromium or that of playwright is installed."""
    if any(map(shutil.which, BROWSERS)):
        return True
    with sync_playwright() as playwright:
        return os.path.exists(playwright.chromium.executable_path)  # noqa: PTH110 - a text


def install(packages: list[str]) -> None:
    """Install them as root; else print how to, and let the tests that need them fail."""
    names = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            f"The tests that need {names} will fail. Install as root: "
            f"apt-get update && apt-get install {names}",
            file=sys.stderr,
        )
        return
    print(f"Installing {names}.", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-q", *arguments], check=True, env=quiet)


def _workers() -> int:
    """One more than cores: tests wait for browsers and servers a third of their time."""
    return len(os.sched_getaffinity(0)) + 1


def _chooses_workers(arguments: list[str]) -> bool:
    return any(
        argument.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for argument in arguments
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
