"""Baselines: figures of a range under a name, which outlive the rows they came from.

`cells` are what the hours of the range hold, `moments` how its sessions vary, and `by_hour` the
values that rules compare with, as `analytics.baselines` writes them. A baseline never changes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from models.alerts import alert_rules
from models.database.base import Base
from models.database.engine import Database

MOST_BASELINES = 100

baselines = Table(
    "baselines",
    Base.metadata,
    Column("id", BigInteger(), Identity(always=True), primary_key=True),
    Column("name", Text(), nullable=False, unique=True),
    Column("note", Text(), nullable=False),
    Column("source", Text(), nullable=False),
    Column("filters", JSONB(), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("zone", Text(), nullable=False),
    Column("hours", Integer(), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text(), nullable=False),
    Column("cells", LargeBinary(), nullable=False),
    Column("moments", LargeBinary(), nullable=False),
    Column("by_hour", LargeBinary(), nullable=False),
)


class BaselineNameTaken(Exception):
    """Another baseline has this name already."""


class TooManyBaselines(Exception):
    """There are `MOST_BASELINES` already."""


class BaselineWatched(Exception):
    """A rule compares with this baseline; the text is its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRange:
    """What a baseline is of. `hours` of its range have rows."""

    name: str
    note: str
    source: str
    filters: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    zone: str
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBaseline(BaselineRange):
    """A baseline without its figures."""

    id: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class PackedFigures:
    """The figures of a baseline as stored."""

    cells: bytes
    moments: bytes
    by_hour: bytes


@dataclass(frozen=True, slots=True)
class WatchedBaseline:
    """What rules that compare with a baseline need of it."""

    name: str
    by_hour: bytes


_names = tuple(field.name for field in fields(StoredBaseline))
_columns = tuple(baselines.c[name] for name in _names)


def watched(connection: Connection, ids: Collection[int]) -> dict[int, WatchedBaseline]:
    """Baselines by id, in the caller's transaction; those that are no more are left out."""
    query = select(baselines.c.id, baselines.c.name, baselines.c.by_hour)
    rows = connection.execute(query.where(baselines.c.id.in_(ids)))
    return {row.id: WatchedBaseline(row.name, row.by_hour) for row in rows}


def with_figures(
    connection: Connection, baseline_id: int
) -> tuple[StoredBaseline, PackedFigures] | None:
    """A baseline and its figures, in the caller's transaction; `None`: there is none."""
    query = select(*_columns, *(baselines.c[name] for name in PackedFigures.__slots__))
    row = connection.execute(query.where(baselines.c.id == baseline_id)).one_or_none()
    if row is None:
        return None
    return _stored(row), PackedFigures(*row[len(_columns) :])


class Baselines:
    """The repository of baselines. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredBaseline]:
        """Every baseline, the newest first."""
        query = select(*_columns).order_by(baselines.c.created_at.desc(), baselines.c.id.desc())
        with self._database.transaction() as connection:
            return [_stored(row) for row in connection.execute(query)]

    def find(self, baseline_id: int) -> StoredBaseline | None:
        """A baseline; `None`: there is none with this id."""
        query = select(*_columns).where(baselines.c.id == baseline_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _stored(row)

    def add(
        self, of: BaselineRange, figures: PackedFigures, actor: str, now: datetime
    ) -> StoredBaseline:
        """A new baseline. Raises `BaselineNameTaken` and `TooManyBaselines`."""
        values = {field.name: getattr(of, field.name) for field in fields(BaselineRange)}
        values |= {name: getattr(figures, name) for name in PackedFigures.__slots__}
        statement = insert(baselines).values(**values, created_at=now, created_by=actor)
        try:
            with self._database.transaction() as connection:
                _lock(connection)
                number = connection.execute(select(func.count()).select_from(baselines))
                if number.scalar_one() >= MOST_BASELINES:
                    raise TooManyBaselines
                (row,) = connection.execute(statement.returning(*_columns))
                return _stored(row)
        except IntegrityError as fault:
            raise BaselineNameTaken(of.name) from fault

    def remove(self, baseline_id: int) -> StoredBaseline | None:
        """Remove a baseline and answer it; `None`: there is none. Raises `BaselineWatched`."""
        of_id = baselines.c.id == baseline_id
        with self._database.transaction() as connection:
            _lock(connection)
            rule = alert_rules.comparing_with(connection, baseline_id)
            if rule is not None:
                raise BaselineWatched(rule)
            statement = delete(baselines).where(of_id).returning(*_columns)
            row = connection.execute(statement).one_or_none()
        return None if row is None else _stored(row)


def _lock(connection: Connection) -> None:
    """Against rules that begin to compare with a baseline while it is removed."""
    connection.execute(select(func.pg_advisory_xact_lock(alert_rules.LOCK)))


def _stored(row: object) -> StoredBaseline:
    return StoredBaseline(**{name: getattr(row, name) for name in _names})
