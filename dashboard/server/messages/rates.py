"""The chart of messages a second, received and sent."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import figures as three_figures
from dashboard.core.numbers import plural
from dashboard.server.data import Reading, measured_minutes
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

PANEL = Panel(
    name="message-rates",
    title="Messages",
    explain=(
        "received and sent messages of the applications; pings, pongs and closes are not counted. "
        "One message to a room is sent once for each member."
    ),
    look="panel-full",
    has_chart=True,
    legend=(Key(name="received", color="--measured"), Key(name="sent", color="--p99")),
)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    series, seconds = reading.answer.series, reading.answer.step_seconds
    times, (received, sent) = figures.with_gaps(
        reading.times,
        reading.steps,
        [[p.received / seconds for p in series], [p.sent / seconds for p in series]],
    )
    messages = reading.answer.messages
    total = messages.sent + messages.received
    whole = measured_minutes(reading.answer) * 60
    lines = [
        Line(name="received", values=received, color="--measured", label="received"),
        Line(name="sent", values=sent, color="--p99", label="sent"),
    ]
    return Drawn(
        unit=f"per second, {reading.per_step}",
        body=figures.lines(
            times, lines, ticks=reading.ticks, limits=reading.limits,
            top=figures.room_above([received, sent], 1),
        ),
        label=(
            f"Messages over time: {three_figures(messages.received / whole)} received and "
            f"{three_figures(messages.sent / whole)} sent a second."
        ),
        foot=[f"n = {plural(total, 'message')}", "without pings and pongs"],
        table=Table(
            [
                column("time", "Time", "time"),
                column("received", "Received", "count", "--measured"),
                column("sent", "Sent", "count", "--p99"),
                column("errors", "Errors", "count"),
            ],
            [
                [time, p.received, p.sent, p.errors]
                for time, p in zip(reading.times, series, strict=True)
            ],
        ),
        is_empty=not total,
        empty_words="No message was sent or received in this range.",
    )  # fmt: skip
