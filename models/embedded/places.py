"""Paths of the embedded database: all under `DATA_DIR`, except a socket whose path is too long."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

MAJOR = 18
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")  # sockaddr_un.sun_path, unix(7)


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The folders and files of one embedded database."""

    root: Path
    major: int = MAJOR

    @property
    def cluster(self) -> Path:
        """The data folder; its major version is its name."""
        return self.root / str(self.major)

    @property
    def owner_lock(self) -> Path:
        """Locked by the process whose child the server is."""
        return self.root / "owner.lock"

    @property
    def guest_lock(self) -> Path:
        """Shared by every process that uses the server."""
        return self.root / "guests.lock"

    @property
    def start_log(self) -> Path:
        """Output of the server before it opens its own log."""
        return self.root / "start.log"

    @property
    def log(self) -> Path:
        """The folder of the server's log, a file for each day of the week."""
        return self.root / "log"

    @property
    def program(self) -> Path:
        """A copy of the server program, for a user who cannot enter the original."""
        return self.root / "program"

    def socket_folder(self) -> Path:
        """The folder of the socket, mode 0700, made when missing.

        It lies beside the data; where that path is too long for a socket it is a new temporary
        folder, recorded in a file so that every process uses the same one.
        """
        beside = self.root / "socket"
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
            beside.mkdir(mode=0o700, exist_ok=True)
            return beside
        return _recorded_folder(self.root / "socket-folder", self.root.stat().st_uid)


def places(data_dir: Path) -> DataPaths:
    """The paths under `data_dir`."""
    return DataPaths(data_dir.absolute() / "postgresql")


def _recorded_folder(note: Path, owner: int) -> Path:
    try:
        folder = Path(note.read_text(encoding="utf-8"))
        if _is_private(folder, owner):
            return folder
    except OSError:
        pass
    folder = Path(tempfile.mkdtemp(prefix="wsmon-"))
    fresh = note.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(folder), encoding="utf-8")
    fresh.replace(note)
    return folder


def _is_private(folder: Path, owner: int) -> bool:
    """Whether it is a folder (no link) of this owner with mode 0700, as it was created."""
    status = folder.lstat()
    mode = stat.S_IMODE(status.st_mode)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == owner and mode == 0o700
