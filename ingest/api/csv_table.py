"""Rows as CSV (RFC 4180, UTF-8): times in ISO 8601 with zone, units in the header.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
Injection); numbers are never touched.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from flask import Response

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | int | float | datetime | None


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The whole text, header first, lines ended by CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def download(text: str, name: str) -> Response:
    """The text as a file called `name`, which is ours and plain ASCII."""
    response = Response(text.encode("utf-8"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell
