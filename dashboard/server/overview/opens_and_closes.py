"""The chart of opens above zero; normal and abnormal closes below."""

from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.core.numbers import count
from dashboard.page import merged_steps
from dashboard.server.data import SOURCE, ServerData
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from models.metrics import close_codes

PANEL = Panel(
    name="opens-and-closes",
    title="Opens and closes",
    explain=(
        "opened and closed connections. Closes with another code than 1000, 1001 and 1005 count "
        "as abnormal; 1006 is a connection that ended without a close frame."
    ),
    css_class="panel-third",
    has_chart=True,
    legend=(
        LegendEntry(name="opens", color="--measured", kind="block"),
        LegendEntry(name="closes", color="--p99", kind="block"),
        LegendEntry(name="abnormal", color="--bad-fill", kind="block"),
    ),
)
COUNTS = ("opened", "closed", "abnormal_closes")
MOST_BARS = 30
MOST_CODES = 3


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    connections = server_data.current.connections
    bars = merged_steps.bar_counts(server_data, COUNTS, MOST_BARS)
    times = [time_axis.chart_time(at) for at in bars.starts]
    closed, abnormal = bars.counts["closed"], bars.counts["abnormal_closes"]
    normal = [every - bad for every, bad in zip(closed, abnormal, strict=True)]
    kinds = [
        Bar(name="opens", values=bars.counts["opened"], color="--measured"),
        Bar(name="closes", values=[-n for n in normal], color="--p99"),
        Bar(name="abnormal", values=[-n for n in abnormal], color="--bad-fill"),
    ]
    total = sum(connections.closed.values())
    totals = (
        f"{count(connections.opened)} opened, {count(total)} closed, "
        f"{count(connections.abnormal_closes)} of them abnormal"
    )
    return PanelContent(
        unit=bars.per_bar,
        body=figures.bars(
            times,
            kinds,
            axis=server_data.axis,
            step_seconds=bars.seconds,
            usual=server_data.usual.of_bars(SOURCE, "opened", bars.starts, bars.seconds),
        ),
        label=f"Opens and closes over time: {totals}.",
        foot=[totals, _abnormal_codes(connections.closed)],
        table=Table(
            [
                column("time", "Time", "time"),
                column("opened", "Opens", "count", "--measured", "block"),
                column("closed", "Closes", "count", "--p99", "block"),
                column("abnormal", "Abnormal", "count", "--bad-fill", "block"),
            ],
            [list(row) for row in zip(times, *(bars.counts[name] for name in COUNTS), strict=True)],
        ),
        is_empty=not connections.opened and not total,
        empty_text="No connection was opened or closed in this range.",
    )


def _abnormal_codes(closed: dict[str, int]) -> str:
    abnormal = [(code, n) for code, n in closed.items() if code not in close_codes.NOT_ABNORMAL]
    return ", ".join(f"{code}: {count(n)}" for code, n in abnormal[:MOST_CODES])
