"""The chart of connections open at once."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, plural
from dashboard.page.data import shifted
from dashboard.server.data import Reading
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

PANEL = Panel(
    name="connections",
    title="Connections",
    explain=(
        "active: sockets open at once, summed over all workers with a fresh heartbeat and averaged "
        "over each step. The samples come every 5 s and are kept, so a reload loses nothing."
    ),
    look="panel-two-thirds panel-tall",
    has_chart=True,
    legend=(
        Key(name="open", color="--measured"),
        Key(name="before", color="--previous", kind="dots"),
    ),
)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    series = reading.answer.series
    before = shifted(reading.answer, reading.before, lambda p: p.active)
    times, (now, earlier) = figures.with_gaps(
        reading.times, reading.steps, [[p.active for p in series], before]
    )
    active = reading.answer.connections.active
    lines = [
        Line(name="before", values=earlier, color="--previous", width=1.25, dash="1px,2.5px"),
        Line(name="open", values=now, color="--measured", label=count(active), fill=True),
    ]
    most = max((p.active for p in series), default=0)
    return Drawn(
        unit=f"open at once, {reading.per_step}",
        body=figures.lines(
            times, lines, ticks=reading.ticks, limits=reading.limits,
            top=figures.room_above([now, earlier], 5),
        ),
        label=f"Connections over time: {count(active)} open now, at most {count(most)}.",
        foot=[
            f"sum over {plural(len(reading.answer.workers), 'worker')}",
            f"n = {plural(len(series), 'step')}",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("active", "Open", "number", "--measured"),
                column("before", "Before", "number", "--previous", "dots"),
            ],
            [
                [time, point.active, old]
                for time, point, old in zip(reading.times, series, before, strict=True)
            ],
        ),
        is_empty=not series,
        empty_words="No samples in this range.",
    )  # fmt: skip
