"""Days restored from the archive: retention skips them until they are released."""

from datetime import date

from sqlalchemy import Column, Date, DateTime, Table, func, select, text

from models.database.base import Base
from models.database.engine import Database

restored_days = Table(
    "restored_days",
    Base.metadata,
    Column("day", Date(), primary_key=True),
    Column("restored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


def add(database: Database, day: date) -> None:
    """Exempt the day from retention. Raises `DatabaseAway`."""
    statement = text("INSERT INTO restored_days (day) VALUES (:day) ON CONFLICT DO NOTHING")
    with database.transaction() as connection:
        connection.execute(statement, {"day": day})


def release(database: Database, day: date) -> bool:
    """End the exemption of a day; false: it had none. Raises `DatabaseAway`."""
    statement = text("DELETE FROM restored_days WHERE day = :day")
    with database.transaction() as connection:
        return connection.execute(statement, {"day": day}).rowcount == 1


def all_days(database: Database) -> list[date]:
    """All restored days, oldest first. Raises `DatabaseAway`."""
    with database.transaction() as connection:
        return list(connection.execute(select(restored_days.c.day).order_by("day")).scalars())
