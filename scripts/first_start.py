"""What has to be true of the database before the web workers start."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import text

from analytics.people.actions import Actions
from analytics.people.credentials import PasswordRefused
from analytics.permission.actor import Refused as ChangeRefused
from models.database import migrate
from models.database.engine import Database, DatabaseAway
from models.embedded import database_url
from settings import Settings

OLDEST_MAJOR = 15


class Refused(Exception):
    """The database cannot be used. The text says why and what to do."""


def prepare(settings: Settings, say: Callable[[str], None]) -> str | None:
    """Check and migrate the database, make the first admin.

    Answers the admin's password when one was made. Raises `Refused`.
    """
    url = database_url(settings)
    database = Database(url, pool_size=1, statement_ms=0)
    try:
        _check_version(database)
        say("Bringing the tables up to date.")
        migrate.upgrade(url)
        return Actions(database, _now).ensure_first_admin(
            settings.admin_email, settings.admin_password
        )
    except (ChangeRefused, PasswordRefused) as fault:
        raise Refused(f"ADMIN_EMAIL or ADMIN_PASSWORD cannot be used: {fault}") from fault
    except DatabaseAway as fault:
        raise Refused(f"The database named by DATABASE_URL cannot be used: {fault}") from fault
    finally:
        database.dispose()


def _check_version(database: Database) -> None:
    with database.transaction() as connection:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if number < OLDEST_MAJOR * 10_000:
        raise Refused(
            f"DATABASE_URL names PostgreSQL {number // 10_000}; {OLDEST_MAJOR} or newer is needed."
        )


def _now() -> datetime:
    return datetime.now(UTC)
