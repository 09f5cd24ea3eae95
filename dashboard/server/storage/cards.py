"""The strip of Storage & jobs."""

from dash.development.base_component import Component

from dashboard.core.numbers import (
    DASH,
    THIN,
    count,
    figures,
    percent_text,
    plural,
    seconds_text,
    size,
    size_text,
)
from dashboard.page.data import over_range
from dashboard.widgets import card
from dashboard.widgets.card import STEADY, Card, Turn

from .data import Reading
from .days import by_day

LABELS = ("Size", "Growth", "Disk full in", "Rows in", "Turned away", "Ingest lag p95")
MANY_TURNED_AWAY = 0.05


def layout(shown: Reading) -> list[Component]:
    """The six cells."""
    cells = (_size, _growth, _days_left, _rows_in, _turned_away, _lag)
    return [card.layout(cell(shown)) for cell in cells]


def _size(shown: Reading) -> Card:
    value, unit = size(shown.answer.database_bytes)
    days = len(by_day(shown.answer))
    return Card(
        label=LABELS[0], value=value, unit=unit, note=f"{plural(days, 'day')} of raw rows",
        n="the database without its log", values=list(by_day(shown.answer).values()),
    )  # fmt: skip


def _growth(shown: Reading) -> Card:
    growth = shown.answer.growth
    if growth.bytes_per_day is None:
        return Card(label=LABELS[1], value=DASH, note="no whole day yet")
    value, unit = size(growth.bytes_per_day)
    note = f"mean of {plural(growth.days, 'whole day')}"
    return Card(label=LABELS[1], value=value, unit=f"{unit} a day", note=note)


def _days_left(shown: Reading) -> Card:
    growth, free = shown.answer.growth, shown.answer.disk.free_bytes
    if free is None:
        return Card(label=LABELS[2], value=DASH, note="the disk of DATABASE_URL is not known")
    room = f"{size_text(free)} free"
    if growth.days_left is not None:
        return Card(
            label=LABELS[2], value=figures(growth.days_left), unit="days", note=room,
            turn=Turn("fills", "up"),
        )  # fmt: skip
    if growth.outlook == "holds" and growth.full_bytes is not None:
        kept = f"{shown.answer.retention.raw_days} days take {size_text(growth.full_bytes)}"
        return Card(label=LABELS[2], value="never", note=f"{kept}, {room}")
    return Card(label=LABELS[2], value=DASH, note=room)


def _rows_in(shown: Reading) -> Card:
    ingest = shown.answer.ingest
    return Card(
        label=LABELS[3],
        value=figures(ingest.accepted_per_minute),
        unit="/min",
        note=f"{count(ingest.accepted)} in the range",
        n=f"n = {plural(ingest.accepted, 'row')}, {count(ingest.duplicates)} known before",
        values=over_range(shown.answer, lambda p: p.accepted),
    )


def _turned_away(shown: Reading) -> Card:
    ingest = shown.answer.ingest
    away = ingest.rejected + ingest.refused
    whole = away + ingest.accepted + ingest.duplicates
    share = away / whole if whole else None
    is_many = share is not None and share > MANY_TURNED_AWAY
    return Card(
        label=LABELS[4],
        value=figures(ingest.rejected_per_minute),
        unit="/min",
        note=f"{percent_text(share)} of what came" if whole else "nothing came in this range",
        n=f"n = {plural(ingest.rejected, 'row')} and {plural(ingest.refused, 'request')}",
        values=over_range(shown.answer, lambda p: p.rejected + p.refused),
        turn=Turn(percent_text(share), "up") if is_many else STEADY,
    )


def _lag(shown: Reading) -> Card:
    lag = shown.answer.ingest.lag
    if lag.p95_within_seconds is None:
        return Card(label=LABELS[5], value=DASH, note="nothing came in this range")
    value, _, unit = seconds_text(lag.p95_within_seconds).partition(THIN)
    return Card(
        label=LABELS[5],
        value=f"≤ {value}",
        unit=unit,
        note=f"half within {seconds_text(lag.p50_within_seconds)}",
        n=f"n = {plural(lag.n, 'row')}, from the end of its period to its receipt",
    )
