"""The export service of the API and the pages: count rows, then write at once or enqueue a job."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from analytics.permission.actor import Actor
from analytics.quarantine.quarantine import NO_FAULT_OF_ROWS
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zones import zone_named
from models.database.engine import Database, DatabaseAway
from models.metrics.dimensions import UNKNOWN
from models.operations.exports import FAILED, READY, WAITING, Export, TooManyExports
from models.operations.exports import ExportQueue as Queue
from models.raw import export_rows
from models.raw.export_rows import ExportRequest

from . import spool
from .datasets import DATASETS, Dataset
from .spool import ExportFile, SpoolFull

__all__ = [
    "FAILED",
    "READY",
    "DatabaseAway",
    "Export",
    "ExportFile",
    "ExportStatus",
    "Exports",
    "RowsUnreadable",
    "SpoolFull",
    "TooManyExports",
    "status_of",
]  # fmt: skip

LARGE_ROWS = 100_000  # from here on prepared in the background
MAX_CONCURRENT_PER_OWNER = 2  # exports being written or prepared
MAX_OPEN_TOTAL = 10  # exports of all owners
FILE_LIFETIME = timedelta(days=1)
MAX_LISTED = 20
ZONE = "tz"  # among the stored filters: the zone of the times, as the API calls it


class ExportStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of an export: `state` is waiting, preparing, ready or failed.

    `rows_expected` is an estimate. `filters` has also `tz`, where times are of a zone.
    `download` is the path of the file while `state` is ready.
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


class RowsUnreadable(Exception):
    """Some rows of a dataset cannot be written."""


@dataclass(frozen=True, slots=True)
class RowCount:
    """`rows` is exact when `is_large` is false."""

    is_large: bool
    rows: int


class Exports:
    """Methods raise `DatabaseAway`. `long_reads` is the database used for streaming rows only."""

    def __init__(
        self,
        database: Database,
        long_reads: Database,
        data_dir: Path,
        now: Callable[[], datetime],
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._long_reads = long_reads
        self._data_dir = data_dir
        self._now = now
        self._pause = pause
        self._queue = Queue(database)
        self._writing: Counter[str] = Counter()

    def count(self, dataset: Dataset, request: ExportRequest) -> RowCount:
        """How many rows match; a large number is the planner's estimate."""
        rows = export_rows.count_up_to(self._database, dataset.source, request, LARGE_ROWS)
        if rows is not None and rows < LARGE_ROWS:
            return RowCount(is_large=False, rows=rows)
        estimate = export_rows.estimated_rows(self._database, dataset.source, request)
        return RowCount(is_large=True, rows=max(estimate, rows or 0))

    def write(
        self,
        actor: Actor,
        dataset: Dataset,
        request: ExportRequest,
        file: IO[bytes],
        *,
        compressed: bool,
    ) -> ExportFile:
        """Write the rows into `file` now. Raises `TooManyExports`, `SpoolFull`, `OSError`, and
        `RowsUnreadable`, when the job may do it, as it sets rows aside that it fails of."""
        with self._writing_slot(actor.name):
            try:
                return spool.write(
                    self._long_reads, dataset, request, file, compressed=compressed,
                    folder=self.folder, on_progress=lambda _: self._pause(),
                )  # fmt: skip
            except (*NO_FAULT_OF_ROWS, SpoolFull):
                raise
            except Exception as fault:
                raise RowsUnreadable(dataset.name) from fault

    def enqueue(
        self,
        actor: Actor,
        dataset: Dataset,
        request: ExportRequest,
        rows: int,
        zone: ZoneInfo | None = None,
    ) -> Export:
        """Have the job prepare an export, its times as in `Dataset.in_zone`.

        Raises `TooManyExports`, `SpoolFull`.
        """
        spool.check_free_space(self.folder)
        style = {ZONE: zone.key} if zone else {}
        export = Export(
            id=uuid4(), owner=actor.name, dataset=dataset.name,
            start=request.start, end=request.end,
            filters={**request.filters, **style}, state=WAITING, rows_expected=rows, rows_done=0,
            text_bytes=None, file_bytes=None, fault=None, requested_at=self._now(),
            heartbeat_at=None,
            finished_at=None,
        )  # fmt: skip
        self._queue.enqueue(export, MAX_CONCURRENT_PER_OWNER, MAX_OPEN_TOTAL)
        return export

    def find(self, actor: Actor, export_id: UUID) -> Export | None:
        """An export of this actor; an admin finds those of all owners."""
        export = self._queue.find(export_id)
        return export if export and (actor.is_admin or export.owner == actor.name) else None

    def list_for(self, actor: Actor) -> list[Export]:
        """The actor's exports, newest first; for an admin those of all owners."""
        return self._queue.newest(None if actor.is_admin else actor.name, MAX_LISTED)

    def remove(self, actor: Actor, export_id: UUID) -> None:
        """Delete an export in any state; the next run of the job deletes its file."""
        if self.find(actor, export_id) is not None:
            self._queue.remove(export_id)

    def file_of(self, export: Export) -> Path | None:
        """The file of a ready export; `None` when not ready, or when it is on another node."""
        path = spool.export_path(self._data_dir, export.id)
        is_complete = path.is_file() and path.stat().st_size == export.file_bytes
        return path if export.state == READY and is_complete else None

    @property
    def folder(self) -> Path:
        """The folder of export files."""
        return spool.spool_folder(self._data_dir)

    @contextmanager
    def _writing_slot(self, owner: str) -> Iterator[None]:
        if self._writing[owner] >= MAX_CONCURRENT_PER_OWNER:
            raise TooManyExports(f"{MAX_CONCURRENT_PER_OWNER} of your exports are being written")
        self._writing[owner] += 1
        try:
            yield
        finally:
            self._writing[owner] -= 1
            if not self._writing[owner]:
                del self._writing[owner]


def request_for(dataset: Dataset, window: TimeRange, filters: Mapping[str, str]) -> ExportRequest:
    """The request for these filters; those the dataset does not have are left out."""
    supported = {name: value for name, value in filters.items() if name in dataset.source.filters}
    is_server_dataset = "service" in dataset.source.filters
    filter_values = {
        name: None if value == UNKNOWN and not is_server_dataset else value
        for name, value in supported.items()
    }
    return ExportRequest(window.start, window.end, filter_values)


def prepared_request(export: Export) -> tuple[Dataset, ExportRequest]:
    """What a queued export is to hold. Raises `KeyError` for an unknown dataset."""
    filters = dict(export.filters)
    zone = zone_named(filters.pop(ZONE, None))
    dataset = DATASETS[export.dataset].in_zone(zone)
    return dataset, ExportRequest(export.start, export.end, filters)


def status_of(export: Export, route: str) -> ExportStatus:
    """The export as the API returns it; `route` is the path of the export API."""
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
        asked_at=export.requested_at,
        expires_at=export.requested_at + FILE_LIFETIME,
        download=f"{route}/{export.id}/file" if is_ready else None,
    )


def file_name(dataset: str, start: datetime, end: datetime) -> str:
    """`client-reports_20260301T0000Z_20260302T0000Z.csv`."""
    return f"{DATASETS[dataset].name}_{start:%Y%m%dT%H%MZ}_{end:%Y%m%dT%H%MZ}.csv"
