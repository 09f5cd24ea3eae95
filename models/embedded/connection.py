"""The address of the database, whether it runs or not."""

from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from .places import Places, places

DATABASE = ROLE = "wsmon"


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
    return settings.database_url or socket_url(places(settings.data_dir))


def socket_url(where: Places, database: str = DATABASE) -> str:
    """SQLAlchemy URL of `database` over the embedded server's socket."""
    host = quote(str(where.socket_folder()), safe="/")
    return f"postgresql+psycopg2://{ROLE}@/{database}?host={host}"
