"""Rows as CSV (RFC 4180): times in ISO 8601 with zone, or of a zone that the header names; units
in the header.

What a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV Injection), at
the start of a text cell and behind what may part cells in it: a semicolon or tab where the comma
is the decimal mark, a line break there too. Full-width signs count: spreadsheets of East Asia read
them as the plain ones. Numbers are left alone.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.formatting import instants

Cell = str | int | float | datetime | None
CsvValue = str | int | float

_formula_start = re.compile(
    r"(^|[;\t\r\n])(?=[ \u3000]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212])"
)


def table(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], zone: ZoneInfo | None = None
) -> str:
    """The CSV text, header first, lines ended by CR LF; with `zone` times are its wall times."""
    if zone is not None:
        header = [
            instants.with_zone(name, zone) if _has_times(rows, index) else name
            for index, name in enumerate(header)
        ]
    return lines([header]) + lines([_cell_text(cell, zone) for cell in row] for row in rows)


def lines(rows: Iterable[Sequence[CsvValue | None]]) -> str:
    """Rows whose texts are escaped and whose times are formatted already."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def escape_formula(text: str) -> str:
    """The text, never a formula in a spreadsheet."""
    return _formula_start.sub(r"\1'", text)


def _has_times(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    return any(isinstance(row[column], datetime) for row in rows)


def _cell_text(cell: Cell, zone: ZoneInfo | None) -> CsvValue:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return instants.wall_time(cell, zone) if zone else instants.iso8601(cell)
    return escape_formula(cell) if isinstance(cell, str) else cell
