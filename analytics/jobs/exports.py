"""Prepares large exports, one at a time, and clears away what was kept a day.

A scheduler that dies leaves an export in preparation; after half a minute of silence the next run
takes it again, from the beginning.
"""

from datetime import UTC
from pathlib import Path
from time import monotonic

from analytics.exports import spool
from analytics.exports.datasets import DATASETS
from analytics.exports.exports import KEPT
from analytics.exports.spool import SpoolFull, Written
from models.operations.exports import Export, Exports
from models.raw.export_rows import ExportRequest

from .job import JobContext

TELL_SECONDS = 1.0
PART = ".part"


class Unwanted(Exception):
    """Somebody removed the export meanwhile."""


def step(around: JobContext) -> str:
    """Clear away, then prepare the export that waited longest, if any."""
    line, now = Exports(around.database), around.now().astimezone(UTC)
    line.forget(now - KEPT, around.lease.confirm)
    place = spool.folder(around.settings.data_dir)
    cleared = _clear(place, line)
    export = line.claim(now, around.lease.confirm)
    if export is None:
        return f"cleared {cleared} files" if cleared else "nothing to prepare"
    return _prepared(around, line, export)


def _clear(place: Path, line: Exports) -> int:
    """Remove the files of exports that are gone."""
    lying = list(place.glob("*.csv.gz*"))
    known = {str(export_id) for export_id in line.ids()} if lying else set()
    gone = [path for path in lying if path.name.partition(".")[0] not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _prepared(around: JobContext, line: Exports, export: Export) -> str:
    path = spool.path_of(around.settings.data_dir, export.id)
    part = path.with_name(path.name + PART)
    try:
        written = _write(around, line, export, part)
        part.rename(path)
    except Unwanted:
        return f"{export.dataset} is not wanted any more"
    except (SpoolFull, OSError, KeyError, ValueError) as fault:
        line.fail(export.id, str(fault), around.now(), around.lease.confirm)
        return f"{export.dataset} could not be prepared: {fault}"
    finally:
        part.unlink(missing_ok=True)
    is_wanted = line.ready(
        export.id, rows=written.rows, text_bytes=written.text_bytes,
        file_bytes=written.file_bytes, now=around.now(), confirm=around.lease.confirm,
    )  # fmt: skip
    if not is_wanted:
        path.unlink(missing_ok=True)
    return f"{export.dataset}: {written.rows} rows, {written.file_bytes} bytes"


def _write(around: JobContext, line: Exports, export: Export, part: Path) -> Written:
    told_at = monotonic()

    def told(rows: int) -> None:
        nonlocal told_at
        if monotonic() - told_at > TELL_SECONDS:
            told_at = monotonic()
            if not line.progress(export.id, rows, around.now(), around.lease.confirm):
                raise Unwanted

    asked = ExportRequest(export.start, export.end, export.filters)
    with part.open("wb") as file:
        written = spool.write(
            around.database, DATASETS[export.dataset], asked, file, compressed=True,
            place=part.parent, told=told,
        )  # fmt: skip
        spool.sync(file)
    return written
