"""The life time of the server: who owns it, who is its guest, and when nothing is started."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.embedded import server
from models.embedded.fault import EmbeddedFault
from models.embedded.ownership import Owner
from models.embedded.places import DataPaths
from models.embedded.server import running, supervised
from settings import Settings
from tests.support.run_folder import RUN_FOLDER
from tests.support.servers.running_server import open_folder


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "data"


@contextmanager
def owner_without_server(data_dir: Path) -> Iterator[None]:
    """The owner lock, taken."""
    _, paths = server._claimed(data_dir)
    with paths.owner_lock.open("w") as lock:
        paths.owner_lock.chmod(0o666)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_data_dir() -> Path:
    """That of the server which runs for the tests."""
    return Path(os.environ[RUN_FOLDER]) / "data"


def test_a_named_database_starts_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url="postgresql://elsewhere/x")
    with running(settings) as url:
        assert url == "postgresql://elsewhere/x"
    assert not (tmp_path / "data").exists()


def test_a_server_that_runs_has_guests(embedded_url: str) -> None:
    with running(Settings(data_dir=run_data_dir())) as url:
        assert url == embedded_url
        guests = run_data_dir() / "postgresql" / "guests.lock"
        with guests.open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_nobody_supervises_a_server_that_another_process_runs(
    embedded_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "OWNER_SECONDS", 0.01)
    with (
        pytest.raises(EmbeddedFault, match=r"is run by another process: .* DATA_DIR"),
        supervised(Settings(data_dir=run_data_dir())),
    ):
        pass


def test_an_owner_whose_server_does_not_respond_is_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "START_SECONDS", 0.01)
    with (
        owner_without_server(data_dir),
        pytest.raises(EmbeddedFault, match=r"owner\.lock, but its"),
        running(Settings(data_dir=data_dir)),
    ):
        pass


def test_a_user_without_a_name_is_refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "claim", lambda _: Owner("", 54321, 54321))
    with (
        pytest.raises(EmbeddedFault, match="user id 54321 has no name"),
        running(Settings(data_dir=data_dir)),
    ):
        pass


def test_a_server_is_stopped_after_its_patience_with_guests(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = DataPaths(tmp_path).guest_lock
    with lock.open("w") as ours, lock.open() as guest:
        fcntl.flock(guest, fcntl.LOCK_SH)
        server._await_departure(ours, patience_seconds=0)
        assert "stopped while another process uses it" in caplog.text
        fcntl.flock(guest, fcntl.LOCK_UN)
        caplog.clear()
        server._await_departure(ours, patience_seconds=0)
        assert caplog.text == ""
