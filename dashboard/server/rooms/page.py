"""Rooms: how many, how full, and where most is said."""

from dash.development.base_component import Component

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, duration, duration_text, plural
from dashboard.core.numbers import figures as three_figures
from dashboard.page.data import over_range
from dashboard.page.page import Board
from dashboard.server import data
from dashboard.server.data import Reading
from dashboard.server.empty_state import vacancy
from dashboard.shell import addresses
from dashboard.widgets import card, plain_table
from dashboard.widgets.card import Card
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

LABELS = ("Rooms", "Members", "Members a room", "Broadcast p95")
HISTORY = Panel(
    name="rooms-over-time",
    title="Rooms",
    explain=(
        "rooms with members and the members of all rooms, over all workers, averaged over each "
        "step. A room on several workers counts once; a member of two rooms counts twice."
    ),
    look="panel-full",
    has_chart=True,
    legend=(Key(name="members", color="--p99"), Key(name="rooms", color="--measured")),
)
TOP = Panel(
    name="top-rooms",
    title="Most spoken in",
    explain=(
        "Messages sent in the range and members now. Each worker tells its 50 rooms with most "
        "messages in each interval; in rarer rooms the count may fall short."
    ),
    look="panel-full",
)


def draw_history(shown: Reading) -> Drawn:
    """Rooms and members over time."""
    series = shown.answer.series
    times, (members, rooms) = figures.with_gaps(
        shown.times, shown.steps, [[p.members for p in series], [p.rooms for p in series]]
    )
    now = shown.answer.rooms
    lines = [
        Line(name="members", values=members, color="--p99", label=count(now.members)),
        Line(name="rooms", values=rooms, color="--measured", label=count(now.active)),
    ]
    top = figures.room_above([members, rooms], 5)
    return Drawn(
        unit=f"with members, {shown.per_step}",
        body=figures.lines(times, lines, ticks=shown.ticks, limits=shown.limits, top=top),
        label=f"Rooms over time: {plural(now.active, 'room')}, {plural(now.members, 'member')}.",
        foot=[f"n = {plural(len(series), 'step')}", ""],
        table=Table(
            [
                column("time", "Time", "time"),
                column("rooms", "Rooms", "number", "--measured"),
                column("members", "Members", "number", "--p99"),
            ],
            [[t, p.rooms, p.members] for t, p in zip(shown.times, series, strict=True)],
        ),
        is_empty=not any(p.rooms or p.members for p in series),
        empty_words="Nobody was in a room in this range. Clients join with "
        '{"type": "join", "room": "…"} on /ws.',
    )


def draw_top(shown: Reading) -> Drawn:
    """The rooms most spoken in."""
    rooms = shown.answer.rooms.top
    return Drawn(
        unit="messages in the range, members now",
        body=plain_table.layout(
            ("Room", "App", "Members", "Messages"),
            [[r.room, r.app, count(r.members), count(r.messages)] for r in rooms],
            texts=2,
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
        empty_words="Nothing was said in a room in this range.",
    )


def _cards(shown: Reading) -> list[Component]:
    rooms, broadcast = shown.answer.rooms, shown.answer.performance.broadcast_ms
    value, unit = duration(broadcast.p95)
    each = three_figures(rooms.members / rooms.active) if rooms.active else "–"
    cells = [
        Card(
            label=LABELS[0],
            value=count(rooms.active),
            note="with members now",
            values=over_range(shown.answer, lambda p: p.rooms),
            before=over_range(shown.before, lambda p: p.rooms),
        ),
        Card(
            label=LABELS[1],
            value=count(rooms.members),
            note="now, over all rooms",
            values=over_range(shown.answer, lambda p: p.members),
            before=over_range(shown.before, lambda p: p.members),
        ),
        Card(label=LABELS[2], value=each, note="now, on average"),
        Card(
            label=LABELS[3],
            value=value,
            unit=unit,
            note=f"half within {duration_text(broadcast.p50)}" if broadcast.n else "none said",
            n=f"n = {plural(broadcast.n, 'message')}",
        ),
    ]
    return [card.layout(cell) for cell in cells]


BOARD: Board[Reading] = Board(
    name="server-rooms",
    title="Rooms",
    address=addresses.SERVER_ROOMS,
    labels=LABELS,
    panels=((HISTORY, draw_history), (TOP, draw_top)),
    read=data.read,
    sentence=lambda _: [],
    cards=_cards,
    status=data.status,
    vacancy=vacancy,
    is_live=True,
)
