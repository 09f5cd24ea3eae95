"""Debian's PostgreSQL of an older major version, where it is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.embedded.connection import socket_url
from models.embedded.other_majors import DEBIAN
from models.embedded.places import DataPaths, places
from models.embedded.server import owned, started
from settings import Settings

MAJOR = 15
BINARIES = DEBIAN / str(MAJOR) / "bin"
needs_older_postgres = pytest.mark.skipif(
    not (BINARIES / "postgres").exists(), reason=f"Debian's postgresql-{MAJOR} is not installed"
)


@contextmanager
def older_postgres(data_dir: Path) -> Iterator[str]:
    """Its URL for the block, on a data folder as a version of ours with it would have made it."""
    with owned(Settings(data_dir=data_dir)) as (owner, paths):
        older = DataPaths(paths.root, MAJOR)
        with started(older, owner, BINARIES):
            with owner.acting():
                url = socket_url(older)
            yield url


def older_folder(data_dir: Path) -> Path:
    """Its data folder."""
    return DataPaths(places(data_dir).root, MAJOR).cluster
