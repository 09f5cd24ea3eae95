"""How far each source is rolled up: every hour before `complete_until` has its cells.

Minutes since `by_dimension_from` have cells per value of each dimension too; days before
`cube_until` are counted by all dimensions at once. States of sessions are counted for all minutes
up to `states_until`. The columns of pairs are those of `pair_state`.
"""

from datetime import datetime

from sqlalchemy import Column, Connection, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from models.database.base import Base

rollup_state = Table(
    "rollup_state",
    Base.metadata,
    Column("source", Text(), primary_key=True),
    Column("complete_until", DateTime(timezone=True), nullable=False),
    Column("by_dimension_from", DateTime(timezone=True)),
    Column("cube_until", DateTime(timezone=True), nullable=False),
    Column("states_until", DateTime(timezone=True)),
    Column("pairs_from", DateTime(timezone=True)),
    Column("pairs_until", DateTime(timezone=True)),
    Column("pairs_stale", ARRAY(DateTime(timezone=True)), nullable=False, server_default="{}"),
)


def complete_until(connection: Connection, source: str) -> datetime | None:
    """The end of the complete hours; `None` before the first rollup."""
    query = text("SELECT complete_until FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def begin(
    connection: Connection, source: str, complete_until: datetime, cube_until: datetime
) -> None:
    """Set where hours and days of the cube begin, before the first rollup of a source."""
    query = text(
        "INSERT INTO rollup_state (source, complete_until, cube_until) "
        "VALUES (:source, :complete_until, :cube_until) ON CONFLICT DO NOTHING"
    )
    connection.execute(
        query, {"source": source, "complete_until": complete_until, "cube_until": cube_until}
    )


def advance(connection: Connection, source: str, start: datetime, end: datetime) -> datetime:
    """[start, end) has its cells: `complete_until` moves to `end` if it stood at `start`.

    Answers `complete_until`.
    """
    query = text(
        "UPDATE rollup_state SET complete_until = "
        "CASE WHEN complete_until = :start THEN :end ELSE complete_until END "
        "WHERE source = :source RETURNING complete_until"
    )
    values = {"source": source, "start": start, "end": end}
    until: datetime = connection.execute(query, values).scalar_one()
    return until


def go_back(connection: Connection, source: str, until: datetime, cube_until: datetime) -> None:
    """Nothing after `until` is complete any more: rows came for days that were closed."""
    query = text(
        "UPDATE rollup_state SET complete_until = least(complete_until, :until), "
        "cube_until = least(cube_until, :cube_until), by_dimension_from = NULL "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "until": until, "cube_until": cube_until})


def by_dimension_from(connection: Connection, source: str) -> datetime | None:
    """Since when minutes have cells per dimension value; `None`: none has."""
    query = text("SELECT by_dimension_from FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def advance_by_dimension_from(connection: Connection, source: str, since: datetime) -> None:
    """Minutes have cells per dimension value since then, or since later."""
    query = text(
        "UPDATE rollup_state SET by_dimension_from = greatest(by_dimension_from, :since) "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "since": since})


def states_until(connection: Connection, source: str) -> datetime | None:
    """Up to which minute the states of sessions are counted; `None`: not yet."""
    query = text("SELECT states_until FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def advance_states_until(connection: Connection, source: str, until: datetime) -> None:
    """The states of all minutes before `until` are counted, or all before a later one."""
    query = text(
        "UPDATE rollup_state SET states_until = greatest(states_until, :until) "
        "WHERE source = :source"
    )
    connection.execute(query, {"source": source, "until": until})


def cube_until(connection: Connection, source: str) -> datetime | None:
    """The first day that is not in `client_cube_days`; `None` before the first rollup."""
    query = text("SELECT cube_until FROM rollup_state WHERE source = :source")
    return connection.execute(query, {"source": source}).scalar_one_or_none()


def advance_cube_until(connection: Connection, source: str, until: datetime) -> None:
    """All days before `until` are in the cube, or all before a later one."""
    query = text(
        "UPDATE rollup_state SET cube_until = greatest(cube_until, :until) WHERE source = :source"
    )
    connection.execute(query, {"source": source, "until": until})
