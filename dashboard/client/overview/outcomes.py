"""The chart of connection outcomes: opened above zero; failed and dropped below."""

from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.core.numbers import count, plural
from dashboard.core.times import step
from dashboard.page import merged_steps
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

from .data import Reading

PANEL = Panel(
    name="outcomes",
    title="Connection outcomes",
    explain=(
        "opened, failed and drops: attempts that led to an open socket, attempts that never did, "
        "and open sockets lost without a clean close. Sampled reports are weighted by 1 / rate."
    ),
    look="panel-quarter",
    has_chart=True,
    legend=(
        Key(name="opened", color="--measured", kind="block"),
        Key(name="failed", color="--bad-fill", kind="block"),
        Key(name="dropped", color="--warn-fill", kind="block"),
    ),
)


COUNTS = ("opened", "failed", "drops", "attempts")


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    connection = reading.answer.connection
    merged = merged_steps.merged(reading.answer, COUNTS)
    times = [time_axis.plain(at) for at in merged.starts]
    kinds = [
        Bar(name="opened", values=merged.counts["opened"], color="--measured"),
        Bar(name="failed", values=[-n for n in merged.counts["failed"]], color="--bad-fill"),
        Bar(name="dropped", values=[-n for n in merged.counts["drops"]], color="--warn-fill"),
    ]
    return Drawn(
        unit=f"per {step(merged.seconds)}",
        body=figures.bars(
            times, kinds, ticks=reading.ticks, limits=reading.limits, step_seconds=merged.seconds
        ),
        label=(
            f"Connection outcomes over time: {count(connection.opened)} opened, "
            f"{count(connection.failed)} failed, {count(connection.drops)} dropped."
        ),
        foot=[
            f"n = {plural(connection.attempts, 'attempt')}",
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
            [
                list(row)
                for row in zip(times, *(merged.counts[name] for name in COUNTS), strict=True)
            ],
        ),
        is_empty=connection.attempts == 0 and connection.drops == 0,
        empty_words="No connection was attempted in this range.",
    )
