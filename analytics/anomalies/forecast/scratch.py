"""A folder for the files of one child, removed with it.

Each lies in `DATA_DIR/forecast` and is locked while it is used (flock(2), which the kernel releases
when its holder is killed), so that the next one removes what a killed process left.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER, PREFIX = "forecast", "fits-"


@contextmanager
def scratch(data_dir: Path) -> Iterator[Path]:
    """An empty folder for this block. Raises `OSError`, when it cannot be made."""
    parent = data_dir / FOLDER
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_left(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with _locked(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_left(parent: Path) -> None:
    """Remove the folders that nobody uses any more."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError), _locked(folder):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises `BlockingIOError` when another uses it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
