"""The client that is used: the oldest that can do it; a missing one is named."""

from pathlib import Path

import pytest

from models.backups import clients
from models.backups.clients import ClientMissing, client_for
from models.embedded.fault import EmbeddedFault


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Debian's folder with clients of 15 and 17; none is shipped or on the path."""
    for major in (15, 17):
        folder = tmp_path / str(major) / "bin"
        folder.mkdir(parents=True)
        for name in clients.PROGRAMS:
            (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.2 (x)'\n")
            (folder / name).chmod(0o755)
    monkeypatch.setattr(clients, "DEBIAN", tmp_path)
    monkeypatch.setattr(clients, "shipped", _nothing_shipped)
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path


def _nothing_shipped() -> Path:
    raise EmbeddedFault("not installed")


@pytest.mark.parametrize(("server", "client"), [(14, 15), (15, 15), (16, 17), (17, 17)])
def test_the_oldest_client_that_can_is_used(folders: Path, server: int, client: int) -> None:
    assert client_for(server).major == client
    assert client_for(server).program("psql") == str(folders / str(client) / "bin" / "psql")


def test_a_missing_client_is_named(folders: Path) -> None:
    with pytest.raises(ClientMissing, match=r"PostgreSQL 18 is missing.*postgresql-client-18"):
        client_for(18)


def test_an_incomplete_client_is_none(folders: Path) -> None:
    (folders / "15" / "bin" / "psql").unlink()
    assert client_for(15).major == 17


def test_the_embedded_server_brings_its_own() -> None:
    assert client_for(18).major == 18
