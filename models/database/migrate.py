"""Migrate a database to the newest schema, or back."""

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from settings import CHECKOUT

from .engine import DatabaseAway

URL = "url"  # the attribute `migrations/env.py` reads; absent when Alembic is run by hand


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config(toml_file=CHECKOUT / "pyproject.toml")
    config.attributes[URL] = url
    return config


def upgrade(url: str) -> None:
    """Run all missing migrations; concurrent processes wait for each other.

    Raises `DatabaseAway`.
    """
    try:
        command.upgrade(configuration(url), "head")
    except OperationalError as fault:
        raise DatabaseAway(str(fault.orig).strip()) from fault


def downgrade(url: str, revision: str = "base") -> None:
    """Undo migrations down to `revision`."""
    command.downgrade(configuration(url), revision)
