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
from dashboard.widgets.card import NO_TREND, Card, Trend

from .data import StorageData
from .days import by_day

LABELS = ("Size", "Growth", "Disk full in", "Ingested rows", "Rejected", "Ingest lag p95")
HIGH_REJECTED_SHARE = 0.05


def layout(storage_data: StorageData) -> list[Component]:
    """The six cells."""
    cells = (_size, _growth, _days_left, _rows_in, _rejected, _lag)
    return [card.layout(cell(storage_data)) for cell in cells]


def _size(storage_data: StorageData) -> Card:
    value, unit = size(storage_data.current.database_bytes)
    days = len(by_day(storage_data.current))
    return Card(
        label=LABELS[0], value=value, unit=unit, note=f"{plural(days, 'day')} of raw rows",
        n="the database without its write-ahead log",
        values=list(by_day(storage_data.current).values()),
    )  # fmt: skip


def _growth(storage_data: StorageData) -> Card:
    growth = storage_data.current.growth
    if growth.bytes_per_day is None:
        return Card(label=LABELS[1], value=DASH, note="no complete day yet")
    value, unit = size(growth.bytes_per_day)
    note = f"mean of {plural(growth.days, 'complete day')}"
    return Card(label=LABELS[1], value=value, unit=f"{unit} a day", note=note)


def _days_left(storage_data: StorageData) -> Card:
    growth, free = storage_data.current.growth, storage_data.current.disk.free_bytes
    if free is None:
        return Card(label=LABELS[2], value=DASH, note="unknown for an external database")
    room = f"{size_text(free)} free"
    if growth.days_left is not None:
        return Card(
            label=LABELS[2], value=figures(growth.days_left), unit="days", note=room,
            trend=Trend("filling", "up", "warn"),
        )  # fmt: skip
    if growth.outlook == "holds" and growth.full_bytes is not None:
        retained = (
            f"{storage_data.current.retention.raw_days} days take {size_text(growth.full_bytes)}"
        )
        return Card(label=LABELS[2], value="never", note=f"{retained}, {room}")
    return Card(label=LABELS[2], value=DASH, note=room)


def _rows_in(storage_data: StorageData) -> Card:
    ingest = storage_data.current.ingest
    return Card(
        label=LABELS[3],
        value=figures(ingest.accepted_per_minute),
        unit="/min",
        note=f"{count(ingest.accepted)} in the range",
        n=f"n = {plural(ingest.accepted, 'row')}, {plural(ingest.duplicates, 'duplicate')}",
        values=over_range(storage_data.current, lambda p: p.accepted),
    )


def _rejected(storage_data: StorageData) -> Card:
    ingest = storage_data.current.ingest
    rejected = ingest.rejected + ingest.refused
    total = rejected + ingest.accepted + ingest.duplicates + ingest.conflicts
    share = rejected / total if total else None
    is_high = share is not None and share > HIGH_REJECTED_SHARE
    return Card(
        label=LABELS[4],
        value=figures(ingest.rejected_per_minute),
        unit="/min",
        note=f"{percent_text(share)} of all received"
        if total
        else "nothing received in this range",
        n=f"n = {plural(ingest.rejected, 'row')} and {plural(ingest.refused, 'request')}",
        values=over_range(storage_data.current, lambda p: p.rejected + p.refused),
        trend=Trend(percent_text(share), "up", "warn", "high") if is_high else NO_TREND,
    )


def _lag(storage_data: StorageData) -> Card:
    lag = storage_data.current.ingest.lag
    if lag.p95_within_seconds is None:
        return Card(label=LABELS[5], value=DASH, note="nothing received in this range")
    value, _, unit = seconds_text(lag.p95_within_seconds).partition(THIN)
    return Card(
        label=LABELS[5],
        value=f"≤ {value}",
        unit=unit,
        note=f"median ≤ {seconds_text(lag.p50_within_seconds)}",
        n=f"n = {plural(lag.n, 'row')}, from the end of the period to the receipt",
    )
