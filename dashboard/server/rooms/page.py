"""Rooms: their number and members, and the busiest ones."""

from dash.development.base_component import Component

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, duration, duration_text, plural
from dashboard.core.numbers import figures as three_figures
from dashboard.page.data import over_range
from dashboard.page.page import Board
from dashboard.server import data
from dashboard.server.data import ServerData
from dashboard.server.empty_state import empty_state_of
from dashboard.shell import addresses
from dashboard.widgets import card, plain_table
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

LABELS = ("Rooms", "Members", "Members per room", "Broadcast p95")
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
        server_data.times,
        server_data.steps,
        [[p.members for p in series], [p.rooms for p in series]],
    )
    now = server_data.current.rooms
    lines = [
        Line(name="members", values=members, color="--p99", label=count(now.members)),
        Line(name="rooms", values=rooms, color="--measured", label=count(now.active)),
    ]
    top = figures.axis_top([members, rooms], 5)
    return PanelContent(
        unit=f"with members, {server_data.per_step}",
        body=figures.lines(
            times, lines, ticks=server_data.ticks, limits=server_data.limits, top=top
        ),
        label=f"Rooms over time: {plural(now.active, 'room')}, {plural(now.members, 'member')}.",
        foot=[f"n = {plural(len(series), 'step')}", ""],
        table=Table(
            [
                column("time", "Time", "time"),
                column("rooms", "Rooms", "number", "--measured"),
                column("members", "Members", "number", "--p99"),
            ],
            [[t, p.rooms, p.members] for t, p in zip(server_data.times, series, strict=True)],
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


def _cards(server_data: ServerData) -> list[Component]:
    rooms, broadcast = server_data.current.rooms, server_data.current.performance.broadcast_ms
    value, unit = duration(broadcast.p95)
    each = three_figures(rooms.members / rooms.active) if rooms.active else "–"
    cells = [
        Card(
            label=LABELS[0],
            value=count(rooms.active),
            note="with members now",
            values=over_range(server_data.current, lambda p: p.rooms),
            before=over_range(server_data.before, lambda p: p.rooms),
        ),
        Card(
            label=LABELS[1],
            value=count(rooms.members),
            note="now, over all rooms",
            values=over_range(server_data.current, lambda p: p.members),
            before=over_range(server_data.before, lambda p: p.members),
        ),
        Card(label=LABELS[2], value=each, note="now, on average"),
        Card(
            label=LABELS[3],
            value=value,
            unit=unit,
            note=f"median {duration_text(broadcast.p50)}" if broadcast.n else "no messages",
            n=f"n = {plural(broadcast.n, 'message')}",
        ),
    ]
    return [card.layout(cell) for cell in cells]


BOARD: Board[ServerData] = Board(
    name="server-rooms",
    title="Rooms",
    address=addresses.SERVER_ROOMS,
    labels=LABELS,
    panels=((HISTORY, draw_history), (TOP, draw_top)),
    read=data.read,
    sentence=lambda _: [],
    cards=_cards,
    status=data.status,
    empty_state=empty_state_of,
    is_live=True,
)
