"""The queue of exports that are prepared in the background: requests and their progress.

`state` goes waiting -> preparing -> ready or failed. One that is preparing without a heartbeat for
`STALE_AFTER` is claimed again, from the beginning.
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
STALE_AFTER = timedelta(seconds=30)

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
    Column("requested_at", _INSTANT, nullable=False),
    Column("heartbeat_at", _INSTANT),
    Column("finished_at", _INSTANT),
    Index(None, "requested_at"),
)


@dataclass(frozen=True, slots=True)
class Export:
    """One export; `text_bytes` is the length of the CSV, `file_bytes` that of its file."""

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
    requested_at: datetime
    heartbeat_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is waiting or being prepared."""
        return self.state in (WAITING, PREPARING)


class TooManyExports(Exception):
    """No more exports can be queued now; the text says whose limit is reached."""


class ExportQueue:
    """The repository. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enqueue(self, export: Export, most_of_owner: int, most: int) -> None:
        """Queue an export. Raises `TooManyExports` when as many are open already."""
        is_open = exports.c.state.in_((WAITING, PREPARING))
        with self._database.transaction() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('wsmon exports'))"))
            owners = connection.execute(select(exports.c.owner).where(is_open)).scalars().all()
            if owners.count(export.owner) >= most_of_owner:
                raise TooManyExports(f"{most_of_owner} of your exports are being prepared")
            if len(owners) >= most:
                raise TooManyExports(f"{most} exports are being prepared")
            values = {name: getattr(export, name) for name in Export.__slots__}
            connection.execute(insert(exports).values(values))

    def claim(self, now: datetime, confirm: Callable[[Connection], None]) -> Export | None:
        """Claim the oldest export that nobody prepares; `None`: there is none."""
        abandoned = (exports.c.state == PREPARING) & (exports.c.heartbeat_at < now - STALE_AFTER)
        next_id = (
            select(exports.c.id)
            .where((exports.c.state == WAITING) | abandoned)
            .order_by(exports.c.requested_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        change = {"state": PREPARING, "heartbeat_at": now, "rows_done": 0}
        with self._database.transaction() as connection:
            confirm(connection)
            row = connection.execute(
                update(exports)
                .where(exports.c.id.in_(next_id.scalar_subquery()))
                .values(change)
                .returning(exports)
            ).first()
        return None if row is None else Export(*row)

    def progress(
        self, export_id: UUID, rows: int, now: datetime, confirm: Callable[[Connection], None]
    ) -> bool:
        """Store the number of rows written; false when the export was removed."""
        return self._change(export_id, confirm, rows_done=rows, heartbeat_at=now)

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
        """Mark as ready: the file is complete; false when the export was removed."""
        return self._change(
            export_id, confirm, state=READY, rows_done=rows, text_bytes=text_bytes,
            file_bytes=file_bytes, finished_at=now,
        )  # fmt: skip

    def fail(
        self, export_id: UUID, fault: str, now: datetime, confirm: Callable[[Connection], None]
    ) -> bool:
        """Mark as failed because of `fault`."""
        return self._change(export_id, confirm, state=FAILED, fault=fault, finished_at=now)

    def find(self, export_id: UUID) -> Export | None:
        """One export."""
        with self._database.transaction() as connection:
            row = connection.execute(select(exports).where(exports.c.id == export_id)).first()
        return None if row is None else Export(*row)

    def newest(self, owner: str | None, most: int) -> list[Export]:
        """The newest exports of an owner, or of all."""
        query = select(exports).order_by(exports.c.requested_at.desc()).limit(most)
        if owner is not None:
            query = query.where(exports.c.owner == owner)
        with self._database.transaction() as connection:
            return [Export(*row) for row in connection.execute(query)]

    def file_bytes(self) -> int:
        """The size of all finished files."""
        query = select(func.coalesce(func.sum(exports.c.file_bytes), 0))
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def ids(self) -> frozenset[UUID]:
        """The ids of all exports."""
        with self._database.transaction() as connection:
            return frozenset(connection.execute(select(exports.c.id)).scalars())

    def remove(self, export_id: UUID) -> None:
        """Delete one."""
        with self._database.transaction() as connection:
            connection.execute(delete(exports).where(exports.c.id == export_id))

    def forget(self, before: datetime, confirm: Callable[[Connection], None]) -> int:
        """Delete exports requested before; how many."""
        with self._database.transaction() as connection:
            confirm(connection)
            return connection.execute(
                delete(exports).where(exports.c.requested_at < before)
            ).rowcount

    def _change(
        self, export_id: UUID, confirm: Callable[[Connection], None], **values: Any
    ) -> bool:
        mine = (exports.c.id == export_id) & (exports.c.state == PREPARING)
        with self._database.transaction() as connection:
            confirm(connection)
            return connection.execute(update(exports).where(mine).values(values)).rowcount == 1
