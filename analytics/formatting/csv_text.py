"""Rows as CSV (RFC 4180): times in ISO 8601 with zone, units in the header.

A text cell that a spreadsheet would run as a formula is prefixed with an apostrophe (OWASP, CSV
Injection); numbers are left alone.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from analytics.formatting import instants

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | int | float | datetime | None
CsvValue = str | int | float


def table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The CSV text, header first, lines ended by CR LF."""
    return lines([header]) + lines([_cell_text(cell) for cell in row] for row in rows)


def lines(rows: Iterable[Sequence[CsvValue | None]]) -> str:
    """Rows whose texts are escaped and whose times are formatted already."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def escape_formula(text: str) -> str:
    """The text, never a formula in a spreadsheet."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def _cell_text(cell: Cell) -> CsvValue:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return instants.iso8601(cell)
    return escape_formula(cell) if isinstance(cell, str) else cell
