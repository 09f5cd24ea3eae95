"""Paths of the embedded database: a socket whose path is too long lies elsewhere, once for all."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.embedded.places import LONGEST_SOCKET_FOLDER, DataPaths, places
from tests.support.servers.running_server import open_folder

SOCKET = ".s.PGSQL.5432"


@pytest.fixture
def short() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def long_paths(short: Path) -> Iterator[DataPaths]:
    paths = DataPaths(padded(short, LONGEST_SOCKET_FOLDER + 1))
    yield paths
    note = paths.root / "socket-folder"
    if note.exists():
        Path(note.read_text()).rmdir()


def padded(folder: Path, length: int) -> Path:
    """A new folder whose `socket` has a path of so many bytes."""
    missing = length - len(os.fsencode(folder / "socket")) - 1
    root = folder / ("é" * (missing // 2) + "x" * (missing % 2))
    root.mkdir()
    assert len(os.fsencode(root / "socket")) == length
    return root


def test_the_longest_path_that_fits_stays_beside_the_data(short: Path) -> None:
    paths = DataPaths(padded(short, LONGEST_SOCKET_FOLDER))
    folder = paths.socket_folder()
    assert folder == paths.root / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / f"{SOCKET}.lock"))
        with pytest.raises(OSError, match="too long"), socket.socket(socket.AF_UNIX) as other:
            other.bind(str(folder / f"{SOCKET}.lock.x"))


def test_a_byte_more_and_every_process_uses_the_same_short_folder(long_paths: DataPaths) -> None:
    folder = long_paths.socket_folder()
    assert DataPaths(long_paths.root).socket_folder() == folder
    assert len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not (long_paths.root / "socket").exists()


def test_a_recorded_folder_that_is_missing_is_replaced(long_paths: DataPaths) -> None:
    first = long_paths.socket_folder()
    first.rmdir()
    second = long_paths.socket_folder()
    assert second.is_dir()
    assert long_paths.socket_folder() == second


@pytest.mark.parametrize("trap", ["open to others", "a link", "a file"])
def test_a_folder_that_somebody_may_have_prepared_is_not_used(
    long_paths: DataPaths, tmp_path: Path, trap: str
) -> None:
    forged = tmp_path / "forged"
    if trap == "a file":
        forged.touch(0o700)
    elif trap == "a link":
        (tmp_path / "real").mkdir(0o700)
        forged.symlink_to(tmp_path / "real")
    else:
        forged.mkdir()
        forged.chmod(0o755)
    (long_paths.root / "socket-folder").write_text(str(forged))
    assert long_paths.socket_folder() != forged


def test_everything_lies_under_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = places(Path("data"))
    assert paths.root == tmp_path / "data" / "postgresql"
    assert paths.cluster == paths.root / "18"
    files = {paths.owner_lock, paths.guest_lock, paths.start_log, paths.log, paths.program}
    assert len(files) == 5
    assert all(file.parent == paths.root for file in files)
