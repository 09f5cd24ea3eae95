"""The chart of messages per second, received and sent."""

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import figures as three_figures
from dashboard.core.numbers import plural
from dashboard.server.data import SOURCE, ServerData, measured_minutes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="message-rates",
    title="Messages",
    explain=(
        "received and sent messages of the applications; pings, pongs and closes are not counted. "
        "One message to a room is sent once for each member. The usual range is that of received "
        "ones."
    ),
    css_class="panel-full",
    has_chart=True,
    legend=(
        LegendEntry(name="received", color="--measured"),
        LegendEntry(name="sent", color="--p99"),
    ),
)


def draw(server_data: ServerData) -> PanelContent:
    """The content of the panel."""
    series, seconds = server_data.current.series, server_data.current.step_seconds
    times, (received, sent) = figures.with_gaps(
        server_data.axis.times,
        server_data.axis.steps,
        [[p.received / seconds for p in series], [p.sent / seconds for p in series]],
    )
    messages = server_data.current.messages
    total = messages.sent + messages.received
    total_seconds = measured_minutes(server_data.current) * 60
    lines = [
        Line(name="received", values=received, color="--measured", label="received"),
        Line(name="sent", values=sent, color="--p99", label="sent"),
    ]
    return PanelContent(
        unit=f"per second, {server_data.per_step}",
        body=figures.lines(
            times, lines, axis=server_data.axis,
            least_top=1,
            usual=server_data.usual.lines(SOURCE, "received", 1 / seconds),
        ),
        label=(
            f"Messages over time: {three_figures(messages.received / total_seconds)} received and "
            f"{three_figures(messages.sent / total_seconds)} sent per second."
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
                for time, p in zip(server_data.axis.times, series, strict=True)
            ],
        ),
        is_empty=not total,
        empty_text="No message was sent or received in this range.",
    )  # fmt: skip
