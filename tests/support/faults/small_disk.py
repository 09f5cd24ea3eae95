"""A small disk of its own that a test fills; mounting takes root, and a machine that lets it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LEFT_BYTES = 400_000


class SmallDisk:
    """The disk under a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, left: int = LEFT_BYTES) -> None:
        """Leave only some bytes free."""
        free = os.statvfs(self.folder)
        with self._ballast.open("wb") as ballast:
            ballast.write(b"x" * max(0, free.f_bavail * free.f_bsize - left))

    def empty(self) -> None:
        """Give free what was filled."""
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int = 150) -> Iterator[SmallDisk]:
    """The folder as a disk of its own; the test is skipped where none can be mounted."""
    options = f"size={megabytes}M,mode=711"
    mount = ["mount", "-t", "tmpfs", "-o", options, "wsmon-small", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
