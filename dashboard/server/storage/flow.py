"""Ingested rows over time, and why rows were rejected, cut or set aside."""

from dash import html

from dashboard.charts import figures
from dashboard.charts.annotations import Line
from dashboard.core.numbers import count, percent_text, plural
from dashboard.core.numbers import figures as three_figures
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

from .data import StorageData

FLOW = Panel(
    name="ingest-flow",
    title="Ingested rows",
    explain=(
        "reports, samples and events received over HTTP: accepted, and rejected (invalid rows, and "
        "whole requests). Web workers add up every five seconds. Samples of the built-in meter are "
        "not counted. A conflict came under a stored id with another content: the first stays."
    ),
    css_class="panel-two-thirds",
    has_chart=True,
    legend=(
        LegendEntry(name="accepted", color="--measured"),
        LegendEntry(name="rejected", color="--bad-fill", kind="thin"),
    ),
)
REASONS = Panel(
    name="ingest-reasons",
    title="Rejected and set aside",
    explain=(
        "rows by the invalid field, whole requests by the reason: rate is over "
        "METRICS_RATE_PER_ADDRESS or METRICS_RATE_TOTAL, origin is not in METRICS_ALLOWED_ORIGINS, "
        "key is missing or wrong. Unknown fields count as other. Cut: more than a session may add "
        "by METRICS_SESSION_DURATIONS and the like. Set aside: the sender is out of proportion to "
        "all others, and nothing of it counts until it has been calm for ten minutes; behind a "
        "proxy: set TRUSTED_PROXY_HOPS, else all people behind it are one sender. An office behind "
        "one address is named in METRICS_TRUSTED_NETWORKS."
    ),
    css_class="panel-third",
)
SOURCES = {"client": "report", "server": "sample", "event": "event"}
MOST_ROWS = 8


def draw_flow(storage_data: StorageData) -> PanelContent:
    """Rows per minute over the range."""
    series, minutes = storage_data.current.series, storage_data.step_minutes
    accepted = [point.accepted / minutes for point in series]
    rejected = [(point.rejected + point.refused) / minutes for point in series]
    times, (accepted_line, rejected_line) = figures.with_gaps(
        storage_data.axis.times, storage_data.axis.steps, [accepted, rejected]
    )
    ingest = storage_data.current.ingest
    lines = [
        Line(name="accepted", values=accepted_line, color="--measured", label="accepted"),
        Line(
            name="rejected",
            values=rejected_line,
            color="--bad-fill",
            width=1.25,
            label="rejected",
        ),
    ]
    return PanelContent(
        unit="per minute" if minutes == 1 else f"per minute, {storage_data.per_step}",
        body=figures.lines(
            times, lines, axis=storage_data.axis,
            least_top=1,
        ),
        label=(
            f"Ingested rows over time: {three_figures(ingest.accepted_per_minute)} accepted and "
            f"{three_figures(ingest.rejected_per_minute)} rejected per minute."
        ),
        foot=[
            f"n = {plural(ingest.accepted, 'row')} accepted",
            _repeated(ingest.duplicates, ingest.conflicts),
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                column("accepted", "Accepted", "count", "--measured"),
                column("duplicates", "Duplicates", "count"),
                column("conflicts", "Conflicts", "count"),
                column("rejected", "Invalid rows", "count", "--bad-fill"),
                column("refused", "Requests rejected", "count"),
            ],
            [
                [time, p.accepted, p.duplicates, p.conflicts, p.rejected, p.refused]
                for time, p in zip(storage_data.axis.times, series, strict=True)
            ],
        ),
        is_empty=not series,
        empty_text="Nothing was received in this range.",
    )  # fmt: skip


def draw_reasons(storage_data: StorageData) -> PanelContent:
    """Reasons of rejections, most frequent first."""
    reasons = storage_data.current.ingest.reasons
    total = sum(outcome.count for outcome in reasons)
    rows = [
        [
            html.Span(
                [
                    html.Span(_reason_label(outcome.outcome, outcome.reason)),
                    html.Span(f" {kind}", className="faint"),
                ]
            ),
            count(outcome.count),
            percent_text(outcome.count / total),
        ]
        for outcome in reasons[:MOST_ROWS]
        for kind in [_kind_label(outcome.source, outcome.outcome)]
    ]
    return PanelContent(
        unit="by reason",
        body=plain_table.layout(("Reason", "n", "Share"), rows),
        foot=[f"n = {count(total)} rows and requests", _overflow_note(len(reasons))],
        table=Table(
            [
                column("source", "Source", "text"),
                column("outcome", "Outcome", "text"),
                column("reason", "Reason", "text"),
                column("count", "n", "count"),
            ],
            [
                [outcome.source, outcome.outcome, outcome.reason, outcome.count]
                for outcome in reasons
            ],
        ),
        is_empty=not total,
        empty_text="Nothing was rejected in this range.",
    )


def _repeated(duplicates: int, conflicts: int) -> str:
    numbers = [plural(duplicates, "duplicate")]
    if conflicts:
        numbers.append(plural(conflicts, "conflict"))
    return ", ".join(numbers)


def _reason_label(outcome: str, reason: str) -> str:
    return "set aside" if outcome == "set aside" else reason or "unspecified"


def _kind_label(source: str, outcome: str) -> str:
    row = SOURCES.get(source, source)
    labels = {"rejected": f"in a {row}", "cut": f"cut in a {row}", "set aside": f"stored {row}s"}
    return labels.get(outcome, "whole request")


def _overflow_note(reasons: int) -> str:
    return f"{reasons - MOST_ROWS} more in the table" if reasons > MOST_ROWS else ""
