"""The chart of connections open at once."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, plural
from dashboard.page.data import shifted
from dashboard.server.data import ServerData
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="connections",
    title="Connections",
    explain=(
        "active: sockets open at once, summed over all workers with a fresh heartbeat and averaged "
        "over each step. Samples are stored every 5 s, so a reload loses nothing."
    ),
    css_class="panel-two-thirds panel-tall",
    has_chart=True,
    legend=(
        LegendEntry(name="open", color="--measured"),
        LegendEntry(name="before", color="--previous", kind="dots"),
    ),
)


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    series = server_data.current.series
    before = shifted(server_data.current, server_data.before, lambda p: p.active)
    times, (now, earlier) = figures.with_gaps(
        server_data.times, server_data.steps, [[p.active for p in series], before]
    )
    active = server_data.current.connections.active
    lines = [
        Line(name="before", values=earlier, color="--previous", width=1.25, dash="1px,2.5px"),
        Line(name="open", values=now, color="--measured", label=count(active), fill=True),
    ]
    most = max((p.active for p in series), default=0)
    return PanelContent(
        unit=f"open at once, {server_data.per_step}",
        body=figures.lines(
            times, lines, ticks=server_data.ticks, limits=server_data.limits,
            top=figures.axis_top([now, earlier], 5),
        ),
        label=f"Connections over time: {count(active)} open now, at most {count(most)}.",
        foot=[
            f"sum over {plural(len(server_data.current.workers), 'worker')}",
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
                for time, point, old in zip(server_data.times, series, before, strict=True)
            ],
        ),
        is_empty=not series,
        empty_text="No samples in this range.",
    )  # fmt: skip
