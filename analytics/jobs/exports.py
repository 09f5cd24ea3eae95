"""Prepares large exports, one at a time, and deletes them after a day.

When a scheduler dies, its export stays in state preparing; half a minute after its last progress
the next run starts it again from the beginning.
"""

import os
from datetime import UTC
from pathlib import Path
from time import monotonic

from analytics.exports import spool
from analytics.exports.exports import FILE_LIFETIME, prepared_request
from analytics.exports.spool import ExportFile, SpoolFull
from analytics.quarantine.quarantine import NO_FAULT_OF_ROWS, isolate
from models.database.engine import Database
from models.database.partitions import PARTITIONED
from models.operations.exports import Export, ExportQueue

from .job import JobContext

PROGRESS_SECONDS = 1.0
PART = ".part"


class ExportRemoved(Exception):
    """The export was removed while it was being prepared."""


def step(context: JobContext) -> str:
    """Clear away, then prepare the export that waited longest, if any."""
    queue, now = ExportQueue(context.database), context.now().astimezone(UTC)
    queue.forget(now - FILE_LIFETIME, context.lease.confirm)
    folder = spool.spool_folder(context.settings.data_dir)
    cleared = _remove_orphans(folder, queue)
    export = queue.claim(now, context.lease.confirm)
    if export is None:
        return f"deleted {cleared} files" if cleared else "nothing to prepare"
    return _prepare(context, queue, export)


def _remove_orphans(folder: Path, queue: ExportQueue) -> int:
    """Delete the files of exports that no longer exist; returns how many."""
    paths = list(folder.glob("*.csv.gz*"))
    live_ids = {str(export_id) for export_id in queue.ids()} if paths else set()
    orphans = [path for path in paths if path.name.partition(".")[0] not in live_ids]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _prepare(context: JobContext, queue: ExportQueue, export: Export) -> str:
    path = spool.export_path(context.settings.data_dir, export.id)
    part = path.with_name(path.name + PART)
    try:
        written = _written(context, queue, export, part)
        part.rename(path)
    except ExportRemoved:
        return f"{export.dataset} was cancelled"
    except (SpoolFull, OSError, KeyError, ValueError) as fault:
        queue.fail(export.id, str(fault), context.now(), context.lease.confirm)
        return f"{export.dataset} could not be prepared: {fault}"
    finally:
        part.unlink(missing_ok=True)
    still_exists = queue.ready(
        export.id, rows=written.rows, text_bytes=written.text_bytes,
        file_bytes=written.file_bytes, now=context.now(), confirm=context.lease.confirm,
    )  # fmt: skip
    if not still_exists:
        path.unlink(missing_ok=True)
    return f"{export.dataset}: {written.rows} rows, {written.file_bytes} bytes"


def _written(context: JobContext, queue: ExportQueue, export: Export, part: Path) -> ExportFile:
    """Write it; rows that cannot be written are set aside first."""
    try:
        return _write(context, queue, export, part)
    except (*NO_FAULT_OF_ROWS, SpoolFull, ExportRemoved):
        raise
    except Exception:
        if not _isolate(context, export, part.parent):
            raise
    return _write(context, queue, export, part)


def _isolate(context: JobContext, export: Export, folder: Path) -> int:
    """Set aside the rows of an export that cannot be written; how many."""
    dataset, request = prepared_request(export)
    table = dataset.source.table.name
    if table not in PARTITIONED:
        return 0

    def write(database: Database) -> None:
        with Path(os.devnull).open("wb") as nothing:
            spool.write(
                database, dataset, request, nothing, compressed=False, folder=folder,
                on_progress=lambda _: None,
            )  # fmt: skip

    interval = (request.start, request.end)
    return isolate(context.database, table, interval, write, context.lease.confirm)


def _write(context: JobContext, queue: ExportQueue, export: Export, part: Path) -> ExportFile:
    reported_at = monotonic()

    def report_progress(rows: int) -> None:
        nonlocal reported_at
        if monotonic() - reported_at > PROGRESS_SECONDS:
            reported_at = monotonic()
            if not queue.progress(export.id, rows, context.now(), context.lease.confirm):
                raise ExportRemoved

    dataset, request = prepared_request(export)
    with part.open("wb") as file:
        written = spool.write(
            context.database, dataset, request, file, compressed=True,
            folder=part.parent, on_progress=report_progress,
        )  # fmt: skip
        spool.sync(file)
    return written
