"""What the API and the pages ask of exports: count first, then write at once or put in line."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import msgspec

from analytics.permission.actor import Actor
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database, DatabaseAway
from models.metrics.client_catalogue import UNKNOWN
from models.operations.exports import FAILED, READY, WAITING, Export, TooMany
from models.operations.exports import Exports as Line
from models.raw import export_rows
from models.raw.export_rows import ExportRequest

from . import spool
from .datasets import DATASETS, Dataset
from .spool import SpoolFull, Written

__all__ = [
    "FAILED",
    "READY",
    "DatabaseAway",
    "Export",
    "ExportStatus",
    "Exports",
    "SpoolFull",
    "TooMany",
    "Written",
    "status_of",
]  # fmt: skip

LARGE = 100_000  # rows: from here on prepared in the background
AT_ONCE = 2  # exports one person may have written or prepared at the same time
MOST_OPEN = 10  # of everybody
KEPT = timedelta(days=1)
MOST_SHOWN = 20


class ExportStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far an export is: `state` is waiting, preparing, ready or failed.

    `rows_expected` is an estimate. The file can be had from `download` while `state` is ready.
    """

    id: UUID
    dataset: str
    start: datetime
    end: datetime
    filters: dict[str, str]
    state: str
    rows_done: int
    rows_expected: int | None
    text_bytes: int | None
    file_bytes: int | None
    fault: str | None
    asked_at: datetime
    expires_at: datetime
    download: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """`rows` is exact when `is_large` is false."""

    is_large: bool
    rows: int


class Exports:
    """Methods raise `DatabaseAway`. `database` answers pages, `reading` is for long reads alone."""

    def __init__(
        self,
        database: Database,
        reading: Database,
        data_dir: Path,
        now: Callable[[], datetime],
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._reading = reading
        self._data_dir = data_dir
        self._now = now
        self._pause = pause
        self._line = Line(database)
        self._writing: Counter[str] = Counter()

    def count(self, dataset: Dataset, asked: ExportRequest) -> Counted:
        """How many rows are asked for; a large number is the planner's guess."""
        rows = export_rows.count_up_to(self._database, dataset.source, asked, LARGE)
        if rows is not None and rows < LARGE:
            return Counted(is_large=False, rows=rows)
        guess = export_rows.expected(self._database, dataset.source, asked)
        return Counted(is_large=True, rows=max(guess, rows or 0))

    def write(
        self,
        actor: Actor,
        dataset: Dataset,
        asked: ExportRequest,
        file: IO[bytes],
        *,
        compressed: bool,
    ) -> Written:
        """Write the rows into `file` now. Raises `TooMany`, `SpoolFull`, `OSError`."""
        with self._one_more(actor.name):
            return spool.write(
                self._reading, dataset, asked, file, compressed=compressed,
                place=self.folder, told=lambda _: self._pause(),
            )  # fmt: skip

    def ask(self, actor: Actor, dataset: Dataset, asked: ExportRequest, rows: int) -> Export:
        """Have an export prepared. Raises `TooMany`, and `SpoolFull` when the disk is."""
        spool.check_room(self.folder)
        export = Export(
            id=uuid4(), owner=actor.name, dataset=dataset.name, start=asked.start, end=asked.end,
            filters=dict(asked.chosen), state=WAITING, rows_expected=rows, rows_done=0,
            text_bytes=None, file_bytes=None, fault=None, asked_at=self._now(), worked_at=None,
            finished_at=None,
        )  # fmt: skip
        self._line.ask(export, AT_ONCE, MOST_OPEN)
        return export

    def find(self, actor: Actor, export_id: UUID) -> Export | None:
        """An export of the actor's own; an admin sees everybody's."""
        found = self._line.find(export_id)
        return found if found and (actor.is_admin or found.owner == actor.name) else None

    def all_of(self, actor: Actor) -> list[Export]:
        """The actor's exports, newest first; an admin sees everybody's."""
        return self._line.of(None if actor.is_admin else actor.name, MOST_SHOWN)

    def remove(self, actor: Actor, export_id: UUID) -> None:
        """Forget an export, finished or not; its file goes with the next run of the job."""
        if self.find(actor, export_id) is not None:
            self._line.remove(export_id)

    def file_of(self, export: Export) -> Path | None:
        """The file of an export that is ready; `None` when it is not, or lies on another node."""
        path = spool.path_of(self._data_dir, export.id)
        is_whole = path.is_file() and path.stat().st_size == export.file_bytes
        return path if export.state == READY and is_whole else None

    @property
    def folder(self) -> Path:
        """Where files are written."""
        return spool.folder(self._data_dir)

    @contextmanager
    def _one_more(self, owner: str) -> Iterator[None]:
        if self._writing[owner] >= AT_ONCE:
            raise TooMany(f"{AT_ONCE} of your exports are being written")
        self._writing[owner] += 1
        try:
            yield
        finally:
            self._writing[owner] -= 1
            if not self._writing[owner]:
                del self._writing[owner]


def asked_for(dataset: Dataset, window: TimeRange, chosen: Mapping[str, str]) -> ExportRequest:
    """The question of a page or an address; filters the dataset has not are left out."""
    known = {name: value for name, value in chosen.items() if name in dataset.source.filters}
    is_of_servers = "service" in dataset.source.filters
    values = {
        name: None if value == UNKNOWN and not is_of_servers else value
        for name, value in known.items()
    }
    return ExportRequest(window.start, window.end, values)


def status_of(export: Export, route: str) -> ExportStatus:
    """The export as the API tells it; `route` is the address of the API."""
    is_ready = export.state == READY
    return ExportStatus(
        id=export.id,
        dataset=export.dataset,
        start=export.start,
        end=export.end,
        filters={name: value or UNKNOWN for name, value in export.filters.items()},
        state=export.state,
        rows_done=export.rows_done,
        rows_expected=export.rows_expected,
        text_bytes=export.text_bytes,
        file_bytes=export.file_bytes,
        fault=export.fault,
        asked_at=export.asked_at,
        expires_at=export.asked_at + KEPT,
        download=f"{route}/{export.id}/file" if is_ready else None,
    )


def file_name(dataset: str, start: datetime, end: datetime) -> str:
    """`client-reports_20260301T0000Z_20260302T0000Z.csv`."""
    return f"{DATASETS[dataset].name}_{start:%Y%m%dT%H%MZ}_{end:%Y%m%dT%H%MZ}.csv"
