"""How far each source is rolled up: every hour before `settled` has its cells.

Minutes since `divided_from` have cells for single values too; days before `crossed` are counted by
all dimensions at once.
"""

from datetime import datetime

from sqlalchemy import Column, Connection, DateTime, Table, Text, text

from models.database.base import Base

rollup_state = Table(
    "rollup_state",
    Base.metadata,
    Column("source", Text(), primary_key=True),
    Column("settled", DateTime(timezone=True), nullable=False),
    Column("divided_from", DateTime(timezone=True)),
    Column("crossed", DateTime(timezone=True), nullable=False),
)


def settled(connection: Connection, source: str) -> datetime | None:
    """The first instant not settled; `None` when nothing is rolled up yet."""
    query = text("SELECT settled FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def begin(connection: Connection, source: str, settled: datetime, crossed: datetime) -> None:
    """Nothing is rolled up yet: these are where hours and crossed days begin."""
    query = text(
        "INSERT INTO rollup_state (source, settled, crossed) "
        "VALUES (:source, :settled, :crossed) ON CONFLICT DO NOTHING"
    )
    connection.execute(query, {"source": source, "settled": settled, "crossed": crossed})


def advance(connection: Connection, source: str, start: datetime, end: datetime) -> datetime:
    """[start, end) has its cells: it is settled when all before it is. Where settled hours end."""
    query = text(
        "UPDATE rollup_state SET settled = CASE WHEN settled = :start THEN :end ELSE settled END "
        "WHERE source = :source RETURNING settled"
    )
    values = {"source": source, "start": start, "end": end}
    until: datetime = connection.execute(query, values).scalar_one()
    return until


def go_back(connection: Connection, source: str, until: datetime, crossed: datetime) -> None:
    """What lies after `until` is not settled any more: rows came that nobody could expect."""
    query = text(
        "UPDATE rollup_state SET settled = least(settled, :until), "
        "crossed = least(crossed, :crossed), divided_from = NULL WHERE source = :source"
    )
    connection.execute(query, {"source": source, "until": until, "crossed": crossed})


def divided_from(connection: Connection, source: str) -> datetime | None:
    """Since when minutes are divided by value; `None`: not yet."""
    query = text("SELECT divided_from FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def divide(connection: Connection, source: str, since: datetime) -> None:
    """Minutes are divided since then, or since later."""
    query = text(
        "UPDATE rollup_state SET divided_from = greatest(divided_from, :since) "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "since": since})


def crossed(connection: Connection, source: str) -> datetime | None:
    """The first day without counts of several dimensions at once."""
    query = text("SELECT crossed FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def cross(connection: Connection, source: str, until: datetime) -> None:
    """All days before `until` have them, or before a later one."""
    query = text(
        "UPDATE rollup_state SET crossed = greatest(crossed, :until) WHERE source = :source"
    )
    connection.execute(query, {"source": source, "until": until})
