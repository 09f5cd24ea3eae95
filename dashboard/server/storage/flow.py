"""What came in over time, and why the rest was turned away."""

from dash import html

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, percent_text, plural
from dashboard.core.numbers import figures as three_figures
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Key, Panel

from .data import Reading

FLOW = Panel(
    name="ingest-flow",
    title="Rows in",
    explain=(
        "reports, samples and events posted to us: accepted, and turned away (rows at fault, and "
        "whole requests refused). Web workers add up every five seconds. What our own meter stores "
        "of our sockets is not posted and not counted."
    ),
    look="panel-two-thirds",
    has_chart=True,
    legend=(
        Key(name="accepted", color="--measured"),
        Key(name="turned away", color="--bad-fill", kind="thin"),
    ),
)
REASONS = Panel(
    name="ingest-reasons",
    title="Turned away",
    explain=(
        "rows by the field at fault, requests by why they were refused: rate is over "
        "METRICS_RATE_PER_ADDRESS or METRICS_RATE_TOTAL, origin is not in METRICS_ALLOWED_ORIGINS, "
        "key is missing or wrong. A field we do not know counts as other."
    ),
    look="panel-third",
)
SOURCES = {"client": "report", "server": "sample", "event": "event"}
MOST_ROWS = 8


def draw_flow(shown: Reading) -> Drawn:
    """Rows a minute over the range."""
    series, minutes = shown.answer.series, shown.step_minutes
    accepted = [point.accepted / minutes for point in series]
    away = [(point.rejected + point.refused) / minutes for point in series]
    times, (taken, turned) = figures.with_gaps(shown.times, shown.steps, [accepted, away])
    ingest = shown.answer.ingest
    lines = [
        Line(name="accepted", values=taken, color="--measured", label="accepted"),
        Line(
            name="turned away", values=turned, color="--bad-fill", width=1.25, label="turned away"
        ),
    ]
    return Drawn(
        unit="per minute" if minutes == 1 else f"per minute, {shown.per_step}",
        body=figures.lines(
            times, lines, ticks=shown.ticks, limits=shown.limits,
            top=figures.room_above([taken, turned], 1),
        ),
        label=(
            f"Rows in over time: {three_figures(ingest.accepted_per_minute)} accepted and "
            f"{three_figures(ingest.rejected_per_minute)} turned away a minute."
        ),
        foot=[
            f"n = {plural(ingest.accepted, 'row')} accepted",
            f"{count(ingest.duplicates)} known before",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("accepted", "Accepted", "count", "--measured"),
                column("duplicates", "Known before", "count"),
                column("rejected", "At fault", "count", "--bad-fill"),
                column("refused", "Requests refused", "count"),
            ],
            [
                [time, p.accepted, p.duplicates, p.rejected, p.refused]
                for time, p in zip(shown.times, series, strict=True)
            ],
        ),
        is_empty=not series,
        empty_words="Nothing was posted in this range.",
    )  # fmt: skip


def draw_reasons(shown: Reading) -> Drawn:
    """Why, most frequent first."""
    reasons = shown.answer.ingest.reasons
    total = sum(fate.count for fate in reasons)
    rows = [
        [
            html.Span([html.Span(_words(fate.reason)), html.Span(f" {what}", className="faint")]),
            count(fate.count),
            percent_text(fate.count / total),
        ]
        for fate in reasons[:MOST_ROWS]
        for what in [_what(fate.source, fate.outcome)]
    ]
    return Drawn(
        unit="by reason",
        body=plain_table.layout(("Reason", "n", "Share"), rows),
        foot=[f"n = {count(total)} rows and requests", _more(len(reasons))],
        table=Table(
            [
                column("source", "Source", "text"),
                column("outcome", "Outcome", "text"),
                column("reason", "Reason", "text"),
                column("count", "n", "count"),
            ],
            [[fate.source, fate.outcome, fate.reason, fate.count] for fate in reasons],
        ),
        is_empty=not total,
        empty_words="Nothing was turned away in this range.",
    )


def _words(reason: str) -> str:
    return reason or "not told apart"


def _what(source: str, outcome: str) -> str:
    return f"in a {SOURCES.get(source, source)}" if outcome == "rejected" else "request refused"


def _more(reasons: int) -> str:
    return f"{reasons - MOST_ROWS} more in the table" if reasons > MOST_ROWS else ""
