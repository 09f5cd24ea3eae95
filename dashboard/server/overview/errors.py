"""The chart of message errors, as a share of messages."""

from analytics.stats.summaries import share_of
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, percent_text, plural, with_unit
from dashboard.core.times import step
from dashboard.page import merged_steps
from dashboard.server.data import Reading
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

PANEL = Panel(
    name="message-errors",
    title="Message errors",
    explain=(
        "errors / (sent + received): requests that were refused, messages that were too big or no "
        "UTF-8, broken frames, floods, handlers that failed."
    ),
    look="panel-third",
    has_chart=True,
)
THRESHOLD_PERCENT = 100 * (SERVER_METRICS["message_error_rate"].threshold or 0.05)
COUNTS = ("errors", "sent", "received")


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    messages = reading.answer.messages
    total = messages.sent + messages.received
    share = share_of(messages.errors, total, total)
    bars = merged_steps.merged(reading.answer, COUNTS)
    times = [time_axis.plain(at) for at in bars.starts]
    columns = list(zip(*(bars.counts[name] for name in COUNTS), strict=True))
    shares = [
        100 * errors / (sent + received) if sent + received else None
        for errors, sent, received in columns
    ]
    kind = next(iter(messages.errors_by_kind), None)
    line = Line(name="errors", values=shares, color="--measured", label=percent_text(share.value))
    return Drawn(
        unit=f"% of messages, per {step(bars.seconds)}",
        body=figures.lines(
            times, [line], ticks=reading.ticks, limits=reading.limits,
            top=figures.room_above([shares], 1),
            threshold=(THRESHOLD_PERCENT, f"limit {with_unit(f'{THRESHOLD_PERCENT:g}', '%')}"),
        ),
        label=f"Message errors over time: {percent_text(share.value)} of messages.",
        foot=[
            f"n = {plural(total, 'message')}",
            f"{count(messages.errors_by_kind[kind])} of {count(messages.errors)}: {kind}"
            if kind else "no errors",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("share", "Share, %", "number", "--measured"),
                column("errors", "Errors", "count"),
                column("sent", "Sent", "count"),
                column("received", "Received", "count"),
            ],
            [[time, part, *row] for time, part, row in zip(times, shares, columns, strict=True)],
        ),
        is_empty=not total and not messages.errors,
        empty_words="No message was sent or received in this range.",
    )  # fmt: skip
