"""The address of the database, whether it runs or not."""

from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from .ownership import owner_of
from .places import DataPaths, places

DATABASE = ROLE = "wsmon"
ADMINISTRATOR = "postgres"


class Location(Protocol):
    """The two settings that say where the database is."""

    @property
    def database_url(self) -> str | None:
        """An external database, or `None` for the embedded one."""

    @property
    def data_dir(self) -> Path:
        """The folder everything is kept in."""


def database_url(settings: Location) -> str:
    """SQLAlchemy URL of the configured database, or of the embedded one under `DATA_DIR`."""
    if settings.database_url:
        return settings.database_url
    paths = places(settings.data_dir)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with owner_of(settings.data_dir).acting():
        paths.root.mkdir(mode=0o700, exist_ok=True)
        return socket_url(paths)


def socket_url(paths: DataPaths, role: str = ROLE, database: str = DATABASE) -> str:
    """SQLAlchemy URL of `database` over the embedded server's socket."""
    host = quote(str(paths.socket_folder()), safe="/")
    return f"postgresql+psycopg2://{role}@/{database}?host={host}"
