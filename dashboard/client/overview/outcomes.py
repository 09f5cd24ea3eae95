"""The chart of connection outcomes: opened above zero; failed and dropped below."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from analytics.answers import Summary
from dashboard import figures, time_axis
from dashboard.figures import Bar
from dashboard.numbers import count, plural
from dashboard.times import length
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
    look="panel-quarter",
    has_chart=True,
    legend=(
        Key(name="opened", color="--measured", kind="block"),
        Key(name="failed", color="--bad-fill", kind="block"),
        Key(name="dropped", color="--warn-fill", kind="block"),
    ),
)


MOST_BARS = 60
COUNTS = ("opened", "failed", "drops", "attempts")


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    connection = reading.summary.connection
    merged = _merged(reading.summary)
    times = [time_axis.plain(at) for at in merged.starts]
    kinds = [
        Bar(name="opened", values=merged.counts["opened"], color="--measured"),
        Bar(name="failed", values=[-n for n in merged.counts["failed"]], color="--bad-fill"),
        Bar(name="dropped", values=[-n for n in merged.counts["drops"]], color="--warn-fill"),
    ]
    return Drawn(
        unit=f"per {length(timedelta(seconds=merged.seconds))}",
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


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts of neighbouring steps added up, in bars of `seconds`."""

    seconds: int
    starts: list[datetime]
    counts: dict[str, list[int]]


def _merged(summary: Summary) -> Merged:
    """At most about 60 bars: counts add, so neighbours may be joined without loss."""
    length_s = (summary.end - summary.start).total_seconds()
    factor = max(1, ceil(length_s / summary.step_seconds / MOST_BARS))
    factor = next((nice for nice in (1, 2, 3, 4, 6, 12, 24) if nice >= factor), factor)
    seconds = summary.step_seconds * factor
    found: dict[int, list[int]] = {}
    for point in summary.series:
        bar = found.setdefault(int(point.t.timestamp() // seconds), [0] * len(COUNTS))
        for place, name in enumerate(COUNTS):
            bar[place] += getattr(point, name)
    return Merged(
        seconds,
        [datetime.fromtimestamp(bar * seconds, UTC) for bar in found],
        {name: [bar[place] for bar in found.values()] for place, name in enumerate(COUNTS)},
    )
