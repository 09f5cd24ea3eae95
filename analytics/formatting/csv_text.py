"""Rows as CSV (RFC 4180): times in ISO 8601 with zone, units in the header.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
Injection); numbers are never touched.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from analytics.formatting import instants

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | int | float | datetime | None
Plain = str | int | float


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The whole text, header first, lines ended by CR LF."""
    return lines([header]) + lines([_written(cell) for cell in row] for row in rows)


def lines(rows: Iterable[Sequence[Plain | None]]) -> str:
    """Rows whose texts are guarded and whose times are written already."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def guarded(text: str) -> str:
    """The text, harmless in a spreadsheet."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def _written(cell: Cell) -> Plain:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return instants.written(cell)
    return guarded(cell) if isinstance(cell, str) else cell
