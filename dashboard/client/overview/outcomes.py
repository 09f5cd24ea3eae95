"""The chart of connection outcomes: opened above zero; failed and dropped below."""

from dashboard import figures
from dashboard.figures import Bar
from dashboard.numbers import count, plural
from dashboard.widgets.panel import Key, Panel

from .drawn import Drawn, Table, column
from .reading import Reading

PANEL = Panel(
    name="outcomes",
    title="Connection outcomes",
    explain=(
        "opened, failed and drops: attempts that led to an open socket, attempts that never did, "
        "and open sockets lost without a clean close. Sampled reports are weighted by 1 / rate."
    ),
    look="panel-third",
    has_chart=True,
    legend=(
        Key(name="opened", color="--measured", kind="block"),
        Key(name="failed", color="--bad-fill", kind="block"),
        Key(name="dropped", color="--warn-fill", kind="block"),
    ),
)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    connection, series = reading.summary.connection, reading.summary.series
    kinds = [
        Bar(name="opened", values=[p.opened for p in series], color="--measured"),
        Bar(name="failed", values=[-p.failed for p in series], color="--bad-fill"),
        Bar(name="dropped", values=[-p.drops for p in series], color="--warn-fill"),
    ]
    return Drawn(
        unit=reading.per_step,
        body=figures.bars(
            reading.times,
            kinds,
            ticks=reading.ticks,
            limits=reading.limits,
            step_seconds=reading.summary.step_seconds,
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
                [time, p.opened, p.failed, p.drops, p.attempts]
                for time, p in zip(reading.times, series, strict=True)
            ],
        ),
        is_empty=connection.attempts == 0 and connection.drops == 0,
        empty_words="No connection was attempted in this range.",
    )
