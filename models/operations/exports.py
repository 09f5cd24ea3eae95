"""Exports that are prepared in the background: who asked for what, and how far it is.

`state` goes waiting -> preparing -> ready or failed. One that is preparing but gave no sign of life
for a while is taken again, from the beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.database.base import Base
from models.database.engine import Database

WAITING, PREPARING, READY, FAILED = "waiting", "preparing", "ready", "failed"
SILENT = timedelta(seconds=30)

_INSTANT = DateTime(timezone=True)
exports = Table(
    "exports",
    Base.metadata,
    Column("id", Uuid(), primary_key=True),
    Column("owner", Text(), nullable=False),
    Column("dataset", Text(), nullable=False),
    Column("start", _INSTANT, nullable=False),
    Column("end", _INSTANT, nullable=False),
    Column("filters", JSONB(), nullable=False),
    Column("state", Text(), nullable=False),
    Column("rows_expected", BigInteger()),
    Column("rows_done", BigInteger(), nullable=False),
    Column("text_bytes", BigInteger()),
    Column("file_bytes", BigInteger()),
    Column("fault", Text()),
    Column("asked_at", _INSTANT, nullable=False),
    Column("worked_at", _INSTANT),
    Column("finished_at", _INSTANT),
    Index(None, "asked_at"),
)


@dataclass(frozen=True, slots=True)
class Export:
    """One export; `text_bytes` is the length of the CSV, `file_bytes` that of the file with it."""

    id: UUID
    owner: str
    dataset: str
    start: datetime
    end: datetime
    filters: dict[str, str | None]
    state: str
    rows_expected: int | None
    rows_done: int
    text_bytes: int | None
    file_bytes: int | None
    fault: str | None
    asked_at: datetime
    worked_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be prepared."""
        return self.state in (WAITING, PREPARING)


class TooMany(Exception):
    """No more exports may be asked for now. The text says whose are too many."""


class Exports:
    """The repository. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, asked: Export, most_of_owner: int, most: int) -> None:
        """Put an export in line. Raises `TooMany` when as many are open already."""
        is_open = exports.c.state.in_((WAITING, PREPARING))
        with self._database.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wsmon exports'))"))
            owners = connection.execute(select(exports.c.owner).where(is_open)).scalars().all()
            if owners.count(asked.owner) >= most_of_owner:
                raise TooMany(f"{most_of_owner} of your exports are being prepared")
            if len(owners) >= most:
                raise TooMany(f"{most} exports are being prepared")
            values = {name: getattr(asked, name) for name in Export.__slots__}
            connection.execute(insert(exports).values(values))

    def claim(self, now: datetime, confirm: Callable[[Connection], None]) -> Export | None:
        """Take the oldest export that nobody prepares; `None` when there is none."""
        silent = (exports.c.state == PREPARING) & (exports.c.worked_at < now - SILENT)
        free = (
            select(exports.c.id)
            .where((exports.c.state == WAITING) | silent)
            .order_by(exports.c.asked_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        change = {"state": PREPARING, "worked_at": now, "rows_done": 0}
        with self._database.transaction() as connection:
            confirm(connection)
            taken = connection.execute(
                update(exports)
                .where(exports.c.id.in_(free.scalar_subquery()))
                .values(change)
                .returning(exports)
            ).first()
        return None if taken is None else Export(*taken)

    def progress(
        self, export_id: UUID, rows: int, now: datetime, confirm: Callable[[Connection], None]
    ) -> bool:
        """Say how far it is; false when nobody wants it any more."""
        return self._change(export_id, confirm, rows_done=rows, worked_at=now)

    def ready(
        self,
        export_id: UUID,
        *,
        rows: int,
        text_bytes: int,
        file_bytes: int,
        now: datetime,
        confirm: Callable[[Connection], None],
    ) -> bool:
        """The file is whole; false when nobody wants it any more."""
        return self._change(
            export_id, confirm, state=READY, rows_done=rows, text_bytes=text_bytes,
            file_bytes=file_bytes, finished_at=now,
        )  # fmt: skip

    def fail(
        self, export_id: UUID, fault: str, now: datetime, confirm: Callable[[Connection], None]
    ) -> bool:
        """It cannot be prepared; `fault` says why."""
        return self._change(export_id, confirm, state=FAILED, fault=fault, finished_at=now)

    def find(self, export_id: UUID) -> Export | None:
        """One export."""
        with self._database.transaction() as connection:
            row = connection.execute(select(exports).where(exports.c.id == export_id)).first()
        return None if row is None else Export(*row)

    def of(self, owner: str | None, most: int) -> list[Export]:
        """The newest exports of somebody, or of everybody."""
        query = select(exports).order_by(exports.c.asked_at.desc()).limit(most)
        if owner is not None:
            query = query.where(exports.c.owner == owner)
        with self._database.transaction() as connection:
            return [Export(*row) for row in connection.execute(query)]

    def kept_bytes(self) -> int:
        """How much the finished files take."""
        query = select(func.coalesce(func.sum(exports.c.file_bytes), 0))
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def ids(self) -> frozenset[UUID]:
        """Every export there is."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(select(exports.c.id)).scalars())

    def remove(self, export_id: UUID) -> None:
        """Forget one."""
        with self._database.transaction() as connection:
            connection.execute(delete(exports).where(exports.c.id == export_id))

    def forget(self, before: datetime, confirm: Callable[[Connection], None]) -> int:
        """Forget exports asked for before; how many."""
        with self._database.transaction() as connection:
            confirm(connection)
            return connection.execute(delete(exports).where(exports.c.asked_at < before)).rowcount

    def _change(
        self, export_id: UUID, confirm: Callable[[Connection], None], **values: Any
    ) -> bool:
        mine = (exports.c.id == export_id) & (exports.c.state == PREPARING)
        with self._database.transaction() as connection:
            confirm(connection)
            return connection.execute(update(exports).where(mine).values(values)).rowcount == 1
