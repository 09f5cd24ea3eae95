"""The chart of connections open at once."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line, Values
from dashboard.core.numbers import count, plural
from dashboard.page.data import shifted
from dashboard.server.data import SOURCE, ServerData, count_or_dash, end_label, gauge_at_end
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
    series, axis = server_data.current.series, server_data.axis
    before = shifted(server_data.current, server_data.before, lambda p: p.active)
    columns: list[Values] = [[p.active for p in series]]
    columns += [] if before is None else [before]
    times, (now, *earlier) = figures.with_gaps(axis.times, axis.steps, columns)
    active = count_or_dash(
        gauge_at_end(server_data, server_data.current.connections.active, lambda p: p.active)
    )
    lines = [
        Line(name="before", values=values, color="--previous", width=1.25, dash="1px,2.5px")
        for values in earlier
    ]
    lines.append(Line(name="open", values=now, color="--measured", label=active, fill=True))
    most = max((p.active for p in series), default=0)
    return PanelContent(
        unit=f"open at once, {server_data.per_step}",
        body=figures.lines(
            times,
            lines,
            axis=axis,
            least_top=5,
            usual=server_data.usual.lines(SOURCE, "active"),
        ),
        label=(
            f"Connections over time: {active} open {end_label(server_data)}, at most {count(most)}."
        ),
        foot=[
            f"n = {plural(len(series), 'step')}, summed over all workers",
            f"{active} open {end_label(server_data)}",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("active", "Open", "number", "--measured"),
                *([column("before", "Before", "number", "--previous", "dots")] * len(earlier)),
            ],
            [list(row) for row in zip(axis.times, *columns, strict=True)],
        ),
        is_empty=not series,
        empty_text="No samples in this range.",
    )
