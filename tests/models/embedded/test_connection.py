"""The address of the database: the named one, or the socket under DATA_DIR."""

from pathlib import Path

from sqlalchemy.engine import make_url

from models.embedded.connection import database_url, socket_url
from models.embedded.ownership import claim
from models.embedded.places import DataPaths, places
from settings import Settings
from tests.support.servers.running_server import open_folder


def test_a_named_database_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none", database_url="postgresql://u:p%40@h/d")
    assert database_url(settings) == "postgresql://u:p%40@h/d"
    assert not (tmp_path / "none").exists()


def test_any_folder_survives_the_url() -> None:
    with open_folder() as folder:
        root = folder / "a b&c=d?é%"
        root.mkdir()
        url = make_url(socket_url(DataPaths(root), role="postgres", database="x"))
        assert url.query["host"] == str(root / "socket")
    assert (url.username, url.database, url.host) == ("postgres", "x", None)


def test_the_address_is_the_same_before_the_server_was_ever_started() -> None:
    with open_folder() as folder:
        settings = Settings(data_dir=folder / "data")
        owner = claim(settings.data_dir)
        first = database_url(settings)
        assert make_url(first).query["host"] == str(places(settings.data_dir).root / "socket")
        assert database_url(settings) == first
        status = places(settings.data_dir).root.stat()
        assert (status.st_uid, status.st_mode & 0o777) == (owner.uid, 0o700)
