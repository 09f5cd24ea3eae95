"""Rooms: their number and members, and the busiest ones."""

from dash.development.base_component import Component

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core import addresses
from dashboard.core.numbers import DASH, count, duration, duration_text, plural
from dashboard.core.numbers import figures as three_figures
from dashboard.page.board import Board
from dashboard.page.data import over_range
from dashboard.server import data
from dashboard.server.data import (
    ServerData,
    count_or_dash,
    end_label,
    gauge_at_end,
    usual_at_end,
)
from dashboard.server.empty_state import empty_state_of
from dashboard.widgets import card, plain_table
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from models.metrics.server_catalogue import SERVER_METRICS

LABELS = ("Rooms", "Members", "Members per room", f"{SERVER_METRICS['broadcast'].label} p95")
HISTORY = Panel(
    name="rooms-over-time",
    title="Rooms",
    explain=(
        "rooms with members and the members of all rooms, over all workers, averaged over each "
        "step. A room on several workers counts once; a member of two rooms counts twice."
    ),
    css_class="panel-full",
    has_chart=True,
    legend=(
        LegendEntry(name="members", color="--p99"),
        LegendEntry(name="rooms", color="--measured"),
    ),
)
TOP = Panel(
    name="top-rooms",
    title="Busiest rooms",
    explain=(
        "Messages sent in the range and members now. Each worker reports its 50 rooms with most "
        "messages per interval; counts of quieter rooms may be too low."
    ),
    css_class="panel-full",
)


def draw_history(server_data: ServerData) -> PanelContent:
    """Rooms and members over time."""
    series = server_data.current.series
    times, (members, rooms) = figures.with_gaps(
        server_data.axis.times,
        server_data.axis.steps,
        [[p.members for p in series], [p.rooms for p in series]],
    )
    active, joined = _at_end(server_data)
    lines = [
        Line(name="members", values=members, color="--p99", label=count_or_dash(joined)),
        Line(name="rooms", values=rooms, color="--measured", label=count_or_dash(active)),
    ]
    return PanelContent(
        unit=f"with members, {server_data.per_step}",
        body=figures.lines(
            times,
            lines,
            axis=server_data.axis,
            least_top=5,
            usual=server_data.usual.lines(data.SOURCE, "rooms"),
        ),
        label=f"Rooms over time: {_totals(server_data)}.",
        foot=[f"n = {plural(len(series), 'step')}", _totals(server_data)],
        table=Table(
            [
                column("time", "Time", "time"),
                column("rooms", "Rooms", "number", "--measured"),
                column("members", "Members", "number", "--p99"),
            ],
            [[t, p.rooms, p.members] for t, p in zip(server_data.axis.times, series, strict=True)],
        ),
        is_empty=not any(p.rooms or p.members for p in series),
        empty_text="No room had members in this range. Clients join with "
        '{"type": "join", "room": "…"} on /ws.',
    )


def draw_top(server_data: ServerData) -> PanelContent:
    """The rooms with most messages."""
    rooms = server_data.current.rooms.top
    return PanelContent(
        unit="messages in the range, members now",
        body=plain_table.layout(
            ("Room", "App", "Members", "Messages"),
            [[r.room, r.app, count(r.members), count(r.messages)] for r in rooms],
            text_columns=2,
        ),
        foot=[f"n = {plural(len(rooms), 'room')}", "at most 50 are shown"],
        table=Table(
            [
                column("room", "Room", "text"),
                column("app", "App", "text"),
                column("members", "Members", "count"),
                column("messages", "Messages", "count"),
            ],
            [[r.room, r.app, r.members, r.messages] for r in rooms],
        ),
        is_empty=not rooms,
        empty_text="No message was sent to a room in this range.",
    )


def _at_end(server_data: ServerData) -> tuple[float | None, float | None]:
    """Rooms and members now; of a fixed range, at its end."""
    rooms = server_data.current.rooms
    return (
        gauge_at_end(server_data, rooms.active, lambda p: p.rooms),
        gauge_at_end(server_data, rooms.members, lambda p: p.members),
    )


def _totals(server_data: ServerData) -> str:
    active, members = _at_end(server_data)
    if active is None or members is None:
        return "nothing measured"
    counts = f"{plural(round(active), 'room')}, {plural(round(members), 'member')}"
    return f"{counts} {end_label(server_data)}"


def _cards(server_data: ServerData) -> list[Component]:
    broadcast = server_data.current.performance.broadcast_ms
    active, members = _at_end(server_data)
    value, unit = duration(broadcast.p95)
    each = three_figures(members / active) if members is not None and active else DASH
    when = end_label(server_data)
    cells = [
        Card(
            label=LABELS[0],
            value=count_or_dash(active),
            note=f"with members {when}",
            usual=usual_at_end(server_data, "rooms", count),
            values=over_range(server_data.current, lambda p: p.rooms),
            before=over_range(server_data.before, lambda p: p.rooms),
        ),
        Card(
            label=LABELS[1],
            value=count_or_dash(members),
            note=f"{when}, over all rooms",
            usual=usual_at_end(server_data, "members", count),
            values=over_range(server_data.current, lambda p: p.members),
            before=over_range(server_data.before, lambda p: p.members),
        ),
        Card(label=LABELS[2], value=each, note=f"{when}, on average"),
        Card(
            label=LABELS[3],
            value=value,
            unit=unit,
            note=f"median {duration_text(broadcast.p50)}" if broadcast.n else "no messages",
            n=f"n = {plural(broadcast.n, 'message')}",
        ),
    ]
    return [card.layout(cell) for cell in cells]


PAGE: Board[ServerData] = Board(
    name="server-rooms",
    title="Rooms",
    address=addresses.SERVER_ROOMS,
    tab=data.tab("Rooms"),
    labels=LABELS,
    panels=((HISTORY, draw_history), (TOP, draw_top)),
    read=data.read,
    sentence=lambda _: [],
    cards=_cards,
    status=data.status,
    empty_state=empty_state_of,
    is_live=True,
)
