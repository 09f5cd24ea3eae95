"""The strip of Messages & errors."""

from dash.development.base_component import Component

from analytics.reports.server_answers import ServerPoint
from analytics.stats.summaries import share_of
from dashboard.core.numbers import (
    count,
    duration,
    duration_text,
    percent,
    percent_text,
    plural,
    size_text,
)
from dashboard.page.data import over_range
from dashboard.server.data import SOURCE, ServerData
from dashboard.widgets import card
from dashboard.widgets.card import Card
from models.metrics.server_catalogue import SERVER_METRICS

LABELS = (
    *(SERVER_METRICS[key].label for key in ("received", "sent", "errors", "message_error_rate")),
    *(f"{SERVER_METRICS[key].label} p95" for key in ("processing", "broadcast")),
)


def layout(server_data: ServerData) -> list[Component]:
    """The six cells."""
    messages = server_data.current.messages
    total = messages.sent + messages.received
    share = share_of(messages.errors, total, total)
    interval = (
        f"{percent(share.low)} to {percent(share.high)}"
        if share.low is not None
        else "no messages in this range"
    )
    cells = [
        _count_card(server_data, 0, "received", messages.received, messages.bytes_received),
        _count_card(server_data, 1, "sent", messages.sent, messages.bytes_sent),
        Card(
            label=LABELS[2],
            value=count(messages.errors),
            note=plural(len(messages.errors_by_kind), "kind"),
            usual=server_data.usual.over_range(SOURCE, "errors", count),
            values=over_range(server_data.current, lambda p: p.errors),
            before=over_range(server_data.before, lambda p: p.errors),
        ),
        Card(
            label=LABELS[3],
            value=percent(share.value),
            unit="%" if share.value is not None else "",
            note=interval,
            usual=server_data.usual.over_range(SOURCE, "message_error_rate", percent_text),
            n=f"n = {plural(total, 'message')}, 95 % interval",
        ),
        _duration_card(server_data, 4),
        _duration_card(server_data, 5),
    ]
    return [card.layout(cell) for cell in cells]


def _count_card(server_data: ServerData, index: int, name: str, number: int, size: int) -> Card:
    def value(point: ServerPoint) -> float:
        return float(getattr(point, name))

    return Card(
        label=LABELS[index],
        value=count(number),
        note=f"{size_text(size)} of payload",
        usual=server_data.usual.over_range(SOURCE, name, count),
        n=f"n = {plural(number, 'message')}",
        values=over_range(server_data.current, value),
        before=over_range(server_data.before, value),
    )


def _duration_card(server_data: ServerData, index: int) -> Card:
    performance = server_data.current.performance
    durations = performance.processing_ms if index == 4 else performance.broadcast_ms
    key = "processing" if index == 4 else "broadcast"
    value, unit = duration(durations.p95)
    return Card(
        label=LABELS[index],
        value=value,
        unit=unit,
        note=f"median {duration_text(durations.p50)}" if durations.n else "none in this range",
        usual=server_data.usual.over_range(SOURCE, key, duration_text),
        n=f"n = {plural(durations.n, 'message')}",
    )
