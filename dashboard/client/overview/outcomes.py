"""The chart of connection outcomes: opened above zero; failed and dropped below."""

from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.core.numbers import count, in_sessions, plural
from dashboard.page import merged_steps
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

from .data import SOURCE, OverviewData

PANEL = Panel(
    rows=("client-reports", "sessions"),
    name="outcomes",
    title="Connection outcomes",
    explain=(
        "opened, failed and drops: attempts that led to an open socket, attempts that never did, "
        "and interruptions: lost, or ended by the server. Attempts a page cancelled are left out. "
        "Sampled reports are weighted by 1 / rate."
    ),
    css_class="panel-quarter",
    has_chart=True,
    legend=(
        LegendEntry(name="opened", color="--measured", kind="block"),
        LegendEntry(name="failed", color="--bad-fill", kind="block"),
        LegendEntry(name="dropped", color="--warn-fill", kind="block"),
    ),
)


COUNTS = ("opened", "failed", "drops", "attempts")


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    connection, sessions = overview_data.current.connection, overview_data.current.sessions
    bars = merged_steps.bar_counts(overview_data, COUNTS)
    times = [time_axis.chart_time(at) for at in bars.starts]
    kinds = [
        Bar(name="opened", values=bars.counts["opened"], color="--measured"),
        Bar(name="failed", values=[-n for n in bars.counts["failed"]], color="--bad-fill"),
        Bar(name="dropped", values=[-n for n in bars.counts["drops"]], color="--warn-fill"),
    ]
    return PanelContent(
        unit=bars.per_bar,
        body=figures.bars(
            times,
            kinds,
            axis=overview_data.axis,
            step_seconds=bars.seconds,
            usual=overview_data.usual.of_bars(SOURCE, "opened", bars.starts, bars.seconds),
        ),
        label=(
            f"Connection outcomes over time: {count(connection.opened)} opened, "
            f"{count(connection.failed)} failed, {count(connection.drops)} dropped."
        ),
        foot=[
            f"n = {in_sessions(plural(connection.attempts, 'attempt'), sessions)}",
            f"{count(connection.failed)} failed, {count(connection.drops)} dropped",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("opened", "Opened", "count", "--measured", "block"),
                column("failed", "Failed", "count", "--bad-fill", "block"),
                column("drops", "Dropped", "count", "--warn-fill", "block"),
                column("attempts", "Attempts", "count"),
            ],
            [list(row) for row in zip(times, *(bars.counts[name] for name in COUNTS), strict=True)],
        ),
        is_empty=connection.attempts == 0 and connection.drops == 0,
        empty_text="No connection was attempted in this range.",
    )
