"""The strip of Messages & errors."""

from dash.development.base_component import Component

from analytics.reports.server_answers import ServerPoint
from analytics.stats.summaries import share_of
from dashboard.core.numbers import count, duration, duration_text, percent, plural, size_text
from dashboard.page.data import over_range
from dashboard.server.data import Reading
from dashboard.widgets import card
from dashboard.widgets.card import Card

LABELS = ("Received", "Sent", "Errors", "Error share", "Processing p95", "Broadcast p95")


def layout(reading: Reading) -> list[Component]:
    """The six cells."""
    messages = reading.answer.messages
    total = messages.sent + messages.received
    share = share_of(messages.errors, total, total)
    interval = (
        f"{percent(share.low)} to {percent(share.high)}"
        if share.low is not None
        else "no messages in this range"
    )
    cells = [
        _counted(reading, 0, "received", messages.received, messages.bytes_received),
        _counted(reading, 1, "sent", messages.sent, messages.bytes_sent),
        Card(
            label=LABELS[2],
            value=count(messages.errors),
            note=plural(len(messages.errors_by_kind), "kind"),
            values=over_range(reading.answer, lambda p: p.errors),
            before=over_range(reading.before, lambda p: p.errors),
        ),
        Card(
            label=LABELS[3],
            value=percent(share.value),
            unit="%" if share.value is not None else "",
            note=interval,
            n=f"n = {plural(total, 'message')}, 95 % interval",
        ),
        _lasting(reading, 4),
        _lasting(reading, 5),
    ]
    return [card.layout(cell) for cell in cells]


def _counted(reading: Reading, place: int, name: str, number: int, size: int) -> Card:
    def value(point: ServerPoint) -> float:
        return float(getattr(point, name))

    return Card(
        label=LABELS[place],
        value=count(number),
        note=f"{size_text(size)} of payload",
        n=f"n = {plural(number, 'message')}",
        values=over_range(reading.answer, value),
        before=over_range(reading.before, value),
    )


def _lasting(reading: Reading, place: int) -> Card:
    performance = reading.answer.performance
    found = performance.processing_ms if place == 4 else performance.broadcast_ms
    value, unit = duration(found.p95)
    return Card(
        label=LABELS[place],
        value=value,
        unit=unit,
        note=f"half within {duration_text(found.p50)}" if found.n else "none in this range",
        n=f"n = {plural(found.n, 'message')}",
    )
