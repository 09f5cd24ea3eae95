"""PostgreSQL's client programs: `pg_dump`, `pg_restore` and `psql` of a version that can do it.

`pg_dump` refuses a server that is newer than itself, and `pg_restore` a file that a newer one
wrote. The embedded server's wheel brings its own.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.embedded.fault import EmbeddedFault
from models.embedded.program import shipped

DEBIAN = Path("/usr/lib/postgresql")  # a folder for each major version
PROGRAMS = ("pg_dump", "pg_restore", "psql")
_version = re.compile(r"\(PostgreSQL\) (\d+)")


class ClientMissing(Exception):
    """No client of the version that is needed is installed. The text says which and how to get it.
    """  # fmt: skip


@dataclass(frozen=True, slots=True)
class Client:
    """The programs of one version in `folder`."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The path of a program."""
        return str(self.folder / name)


def client_for(major: int) -> Client:
    """The oldest installed client that is not older than `major`; of equal ones the shipped one.

    Raises `ClientMissing`.
    """
    usable = [client for client in _installed() if client.major >= major]
    if not usable:
        raise ClientMissing(
            f"The client of PostgreSQL {major} is missing: pg_dump, pg_restore and psql of version "
            f"{major} or newer. On Debian and Ubuntu: apt-get install postgresql-client-{major} "
            "(from apt.postgresql.org where the distribution has an older one)."
        )
    return min(usable, key=lambda client: client.major)


def _installed() -> Iterator[Client]:
    for folder in _folders():
        major = _major_of(folder)
        if major is not None:
            yield Client(folder, major)


def _folders() -> Iterator[Path]:
    with suppress(EmbeddedFault):
        yield shipped()
    yield from sorted(DEBIAN.glob("*/bin"))
    on_path = shutil.which("pg_dump")
    if on_path is not None:
        yield Path(on_path).parent


def _major_of(folder: Path) -> int | None:
    if not all((folder / name).is_file() for name in PROGRAMS):
        return None
    try:
        result = subprocess.run(
            [folder / "pg_dump", "--version"], check=False, capture_output=True, text=True
        )
    except OSError:
        return None
    match = _version.search(result.stdout)
    return int(match[1]) if match else None
