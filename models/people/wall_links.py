"""Links that show dashboards on a wall: read-only, until they expire or are revoked. Only the
SHA-256 of a link's token is stored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

MOST_WALL_LINKS = 100

_INSTANT = DateTime(timezone=True)
wall_links = Table(
    "wall_links",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("name", Text(), nullable=False),
    Column("token_hash", LargeBinary(), nullable=False, unique=True),
    Column("tabs", JSONB(), nullable=False),
    Column("tab_seconds", Integer(), nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("created_by", Text(), nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
)


class TooManyWallLinks(Exception):
    """There are `MOST_WALL_LINKS` already."""


@dataclass(frozen=True, slots=True)
class WallLink:
    """A link without its token: its `tabs` by name, in turn, each for `tab_seconds`."""

    id: UUID
    name: str
    tabs: list[str]
    tab_seconds: int
    created_at: datetime
    created_by: str
    expires_at: datetime


_columns = tuple(wall_links.c[name] for name in WallLink.__slots__)


class WallLinks:
    """The repository of links. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, link: WallLink, token_hash: bytes) -> None:
        """Add a link; those that have expired go. Raises `TooManyWallLinks`."""
        values = {name: getattr(link, name) for name in WallLink.__slots__}
        expired = delete(wall_links).where(wall_links.c.expires_at <= link.created_at)
        counting = select(func.count()).select_from(wall_links)
        with self._database.transaction() as connection:
            connection.execute(expired)
            if connection.execute(counting).scalar_one() >= MOST_WALL_LINKS:
                raise TooManyWallLinks
            connection.execute(insert(wall_links).values(**values, token_hash=token_hash))

    def all(self) -> list[WallLink]:
        """All links, the newest first."""
        query = select(*_columns).order_by(wall_links.c.created_at.desc(), wall_links.c.id)
        with self._database.transaction() as connection:
            return [WallLink(*row) for row in connection.execute(query)]

    def find(self, token_hash: bytes, now: datetime) -> WallLink | None:
        """The link of a token, unless it has expired or was revoked."""
        is_valid = (wall_links.c.token_hash == token_hash) & (wall_links.c.expires_at > now)
        with self._database.transaction() as connection:
            row = connection.execute(select(*_columns).where(is_valid)).first()
        return None if row is None else WallLink(*row)

    def remove(self, link_id: UUID) -> str | None:
        """Revoke a link; its name, `None` where there is none."""
        statement = (
            delete(wall_links).where(wall_links.c.id == link_id).returning(wall_links.c.name)
        )
        with self._database.transaction() as connection:
            name: str | None = connection.execute(statement).scalar_one_or_none()
        return name
