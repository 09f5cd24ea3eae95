"""The chart of opens above zero, closes below, the abnormal ones of them apart."""

from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Bar
from dashboard.core.numbers import count
from dashboard.core.times import step
from dashboard.page import merged_steps
from dashboard.server.data import Reading
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

PANEL = Panel(
    name="opens-and-closes",
    title="Opens and closes",
    explain=(
        "opened and closed connections. Closes with another code than 1000, 1001 and 1005 count "
        "as abnormal; 1006 stands for a connection lost without a close frame."
    ),
    look="panel-third",
    has_chart=True,
    legend=(
        Key(name="opens", color="--measured", kind="block"),
        Key(name="closes", color="--p99", kind="block"),
        Key(name="abnormal", color="--bad-fill", kind="block"),
    ),
)
COUNTS = ("opened", "closed", "abnormal_closes")
MOST_BARS = 30
MOST_CODES = 3


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    connections = reading.answer.connections
    bars = merged_steps.merged(reading.answer, COUNTS, MOST_BARS)
    times = [time_axis.plain(at) for at in bars.starts]
    closed, abnormal = bars.counts["closed"], bars.counts["abnormal_closes"]
    normal = [all_ - odd for all_, odd in zip(closed, abnormal, strict=True)]
    kinds = [
        Bar(name="opens", values=bars.counts["opened"], color="--measured"),
        Bar(name="closes", values=[-n for n in normal], color="--p99"),
        Bar(name="abnormal", values=[-n for n in abnormal], color="--bad-fill"),
    ]
    total = sum(connections.closed.values())
    words = (
        f"{count(connections.opened)} opened, {count(total)} closed, "
        f"{count(connections.abnormal_closes)} of them abnormal"
    )
    return Drawn(
        unit=f"per {step(bars.seconds)}",
        body=figures.bars(
            times, kinds, ticks=reading.ticks, limits=reading.limits, step_seconds=bars.seconds
        ),
        label=f"Opens and closes over time: {words}.",
        foot=[words, _odd_codes(connections.closed)],
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
        empty_words="No connection was opened or closed in this range.",
    )


def _odd_codes(closed: dict[str, int]) -> str:
    odd = [(code, n) for code, n in closed.items() if code not in ("1000", "1001", "1005")]
    return ", ".join(f"{code}: {count(n)}" for code, n in odd[:MOST_CODES])
