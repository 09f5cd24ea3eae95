"""Runs pytest on all cores, after making sure that there is a browser."""

import os
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

from settings import CHECKOUT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments: list[str]) -> int:
    """Exit status of pytest, run in the checkout."""
    os.chdir(CHECKOUT)
    if not has_browser():
        install_browser()
    parallel = [] if _chooses_workers(arguments) else ["-n", "auto", "--dist", "loadfile"]
    return int(pytest.main([*parallel, *arguments]))


def has_browser() -> bool:
    """Whether the system's Chromium or playwright's own is there."""
    if any(map(shutil.which, BROWSERS)):
        return True
    with sync_playwright() as playwright:
        return os.path.exists(playwright.chromium.executable_path)  # noqa: PTH110 - a text


def install_browser() -> None:
    """Install Debian's Chromium as root; else say how, and let the browser tests fail."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(
            "There is no browser, so the tests that need one will fail. Install it as root: "
            "apt-get update && apt-get install chromium",
            file=sys.stderr,
        )
        return
    print("Installing Chromium.", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-q", *words], check=True, env=quiet)


def _chooses_workers(arguments: list[str]) -> bool:
    return any(word.startswith(("-n", "--numprocesses", "--pdb", "no:xdist")) for word in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
