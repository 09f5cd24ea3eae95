"""Prepares the database before the web workers start."""

from collections.abc import Callable
from datetime import UTC, datetime

from analytics.people.actions import AccountActions
from analytics.people.credentials import PasswordRefused
from analytics.permission.actor import InvalidChange
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.embedded import database_url
from settings import Settings

OLDEST_MAJOR = 15


class FirstStartFailed(Exception):
    """The database or the first admin cannot be set up. The text says why and what to do."""


def prepare(settings: Settings, say: Callable[[str], None]) -> str | None:
    """Check and migrate the database, add the first admin.

    Returns the admin's password if it was generated. Raises `FirstStartFailed`.
    """
    url = database_url(settings)
    database = Database(url, pool_size=1, statement_ms=0)
    try:
        _check_version(database)
        say("Bringing the tables up to date.")
        migrate.upgrade(url)
        return AccountActions(database, _now).ensure_first_admin(
            settings.admin_email, settings.admin_password
        )
    except (InvalidChange, PasswordRefused) as fault:
        raise FirstStartFailed(f"ADMIN_EMAIL or ADMIN_PASSWORD cannot be used: {fault}") from fault
    except DatabaseAway as fault:
        raise FirstStartFailed(
            f"The database named by DATABASE_URL cannot be used: {fault}"
        ) from fault
    finally:
        database.dispose()


def _check_version(database: Database) -> None:
    number = database.server_version()
    if number < OLDEST_MAJOR * 10_000:
        raise FirstStartFailed(
            f"DATABASE_URL names PostgreSQL {number // 10_000}; {OLDEST_MAJOR} or newer is needed."
        )


def _now() -> datetime:
    return datetime.now(UTC)
