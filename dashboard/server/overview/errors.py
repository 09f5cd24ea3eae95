"""The chart of message errors, as a share of messages."""

from analytics.stats.summaries import share_of
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, percent_text, plural, with_unit
from dashboard.page import merged_steps
from dashboard.server.data import SOURCE, ServerData
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from models.metrics.server_catalogue import SERVER_METRICS

METRIC = SERVER_METRICS["message_error_rate"]
PANEL = Panel(
    name="message-errors",
    title=METRIC.label,
    explain=(
        "errors / (sent + received): rejected requests, messages over the size limit or not "
        "UTF-8, invalid frames, floods, failed handlers."
    ),
    css_class="panel-third",
    has_chart=True,
)
THRESHOLD_PERCENT = 100 * (METRIC.threshold or 0.05)
COUNTS = ("errors", "sent", "received")


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    messages = server_data.current.messages
    total = messages.sent + messages.received
    share = share_of(messages.errors, total, total)
    bars = merged_steps.bar_counts(server_data, COUNTS)
    times = [time_axis.chart_time(at) for at in bars.starts]
    columns = list(zip(*(bars.counts[name] for name in COUNTS), strict=True))
    shares = [
        100 * errors / (sent + received) if sent + received else None
        for errors, sent, received in columns
    ]
    kind = next(iter(messages.errors_by_kind), None)
    last = next((part / 100 for part in reversed(shares) if part is not None), None)
    line = Line(name="errors", values=shares, color="--measured", label=percent_text(last))
    return PanelContent(
        unit=f"% of messages, {bars.per_bar}",
        body=figures.lines(
            times, [line], axis=server_data.axis,
            least_top=1,
            usual=server_data.usual.lines(SOURCE, METRIC.key, 100.0),
            threshold=(THRESHOLD_PERCENT, f"limit {with_unit(f'{THRESHOLD_PERCENT:g}', '%')}"),
        ),
        label=f"{METRIC.label} over time: {percent_text(share.value)} of messages.",
        foot=[
            f"{percent_text(share.value)} over the range (n = {plural(total, 'message')})",
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
        empty_text="No message was sent or received in this range.",
    )  # fmt: skip
