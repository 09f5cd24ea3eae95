"""Runs pytest on all cores, after installing the programs it needs."""

import os
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

from settings import CHECKOUT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = {"redis-server": "redis-server", "promtool": "prometheus"}  # of Debian, by program


def main(arguments: list[str]) -> int:
    """Exit status of pytest, run in the checkout."""
    os.chdir(CHECKOUT)
    missing = missing_packages()
    if missing:
        install(missing)
    parallel = [] if _chooses_workers(arguments) else ["-n", "auto", "--dist", "loadfile"]
    return int(pytest.main([*parallel, *arguments]))


def missing_packages() -> list[str]:
    """The Debian packages that the tests need and this machine lacks."""
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
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


def _chooses_workers(arguments: list[str]) -> bool:
    return any(
        argument.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for argument in arguments
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
