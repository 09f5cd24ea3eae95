"""The panel "Where it is worst" of the client Overview: a table for every dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from analytics.reports.segments.figures import LEAST_SESSIONS
from analytics.reports.segments.worst import WhereWorst
from dashboard.client.geographic.core.metrics import REGION_METRICS
from dashboard.core.numbers import percent, percent_text, signed_points
from dashboard.core.url_state import View
from dashboard.widgets import interval_bar
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon, link
from models.metrics.client_catalogue import METRICS

from .tables import (
    FIGURE,
    LATENCY,
    MOST_ROWS,
    WorstRow,
    labels_of,
    pair_sentence,
    reasons_of,
    rows_of,
)

PANEL = Panel(
    name="where-worst",
    title="Where it is worst",
    explain=(
        "Stability by every dimension, people most affected first: sessions times the least they "
        "are below all other people. The difference is from all others; it is bold where chance "
        f"does not explain it. Below {LEAST_SESSIONS} sessions a value is not ranked. Pairs of "
        "dimensions are tried too: the one named is worse than each of its sides."
    ),
    css_class="panel-full panel-natural",
    rows=("sessions", "client-reports"),
)
Tables = Mapping[str, Sequence[WorstRow]]


def draw(view: View, worst: WhereWorst) -> PanelContent:
    """The content of the panel."""
    tables = {name: rows_of(each, name) for name, each in worst.by_dimension.items()}
    labels = labels_of(worst)
    scale = _scale(tables)
    return PanelContent(
        unit=f"{METRICS[FIGURE].label.lower()}, people most affected first",
        body=html.Div(
            [
                _pair(view, worst),
                html.Div([_table(view, name, labels[name], rows, scale)
                          for name, rows in tables.items()], className="breakdown is-wide-split"),
            ]
        ),
        foot=["bar = 95 % interval", f"at least {LEAST_SESSIONS} sessions", *reasons_of(worst)],
        table=_rows(tables, labels),
        is_empty=not any(tables.values()),
        empty_text="No sessions in this range.",
    )  # fmt: skip


def _pair(view: View, worst: WhereWorst) -> Component | None:
    pair = worst.worst_pair(FIGURE)
    if pair is None:
        return None
    both = view
    for name, value in pair.labels.items():
        both = both.with_filter(name, value)
    return html.P([f"{pair_sentence(pair)} ", link("Only these", both.search())],
                  className="worst-pair")  # fmt: skip


def _scale(tables: Tables) -> IntervalScale:
    rows = [row for each in tables.values() for row in _visible(each) if not row.is_small]
    ends = [(row.low, row.high) for row in rows if row.low is not None and row.high is not None]
    return interval_bar.scale_of(ends, starts_at=None, stops_at=1.0)


def _visible(rows: Sequence[WorstRow]) -> Sequence[WorstRow]:
    return rows[:MOST_ROWS]


def _table(
    view: View, dimension: str, label: str, rows: Sequence[WorstRow], scale: IntervalScale
) -> Component:
    has_bars = any(row.has_bar for row in _visible(rows))
    ends = interval_bar.head(scale, percent(scale.low), percent(scale.high)) if has_bars else None
    heading = html.Tr(
        [html.Th(label, className="clip", scope="col"),
         html.Th("Sessions", className="n", scope="col"),
         html.Th(ends, className="interval-cell", scope="col"),
         html.Th("%", className="n", scope="col"),
         html.Th("Others, pt", className="n", scope="col"),
         html.Th("p95, ms", className="n is-wide", scope="col"),
         html.Th(html.Span("Compare", className="visually-hidden"), scope="col")]
    )  # fmt: skip
    body = [_row(view, dimension, row, scale) for row in _visible(rows)]
    more = len(rows) - MOST_ROWS
    return html.Div(
        [
            html.Table([html.Thead(heading), html.Tbody(body)], className="table-plain"),
            html.P(f"{more} more in the table", className="faint table-none") if more > 0 else None,
        ],
        className="split",
    )


def _row(view: View, dimension: str, row: WorstRow, scale: IntervalScale) -> Component:
    filtered = view.with_filter(dimension, row.value_key)
    is_bad = row.is_sure and (row.difference or 0) < 0 and not row.is_small
    compared = replace(filtered, compare="previous").search()
    difference = "" if row.difference is None or row.is_small else signed_points(row.difference)
    return html.Tr(
        [
            html.Td(link(row.name, filtered.search(), "quiet-link"), className="clip",
                    title=row.name),
            html.Td(row.sessions_text, className="n num"),
            html.Td(_bar(row, scale, is_bad=is_bad), className="interval-cell"),
            html.Td(percent(row.value), className=f"n num{' is-bad' if is_bad else ''}"),
            html.Td(difference.removesuffix("pt").rstrip(),
                    className=f"n num{' main-figure' if row.is_sure else ' faint'}"),
            html.Td(REGION_METRICS[LATENCY].bare(row.p95_ms),
                    className="n num is-wide"),
            html.Td(link(icon("compare", f"Compare {row.name} with the period before"), compared),
                    className="compare-cell"),
        ],
        className="is-small" if row.is_small else "",
    )  # fmt: skip


def _bar(row: WorstRow, scale: IntervalScale, *, is_bad: bool) -> Component | str:
    if row.unjudged:
        return row.unjudged
    if row.value is None or row.low is None or row.high is None:
        return ""
    label = f"95 % interval {percent_text(row.low)} to {percent_text(row.high)}"
    return interval_bar.layout(row.value, (row.low, row.high), scale, label, is_bad=is_bad)


def _rows(tables: Tables, labels: Mapping[str, str]) -> Table:
    columns = [
        column("dimension", "By", "text"), column("value", "Value", "text"),
        column("sessions", "Sessions", "count"), column(FIGURE, "Stability", "share"),
        column("low", "Low", "share"), column("high", "High", "share"),
        column("difference", "Difference from others", "number"),
        column("latency_p95_ms", "Round trip p95", "ms"),
        column("small_sample", "Too few sessions", "text"),
    ]  # fmt: skip
    return Table(
        columns,
        [
            [labels[name], row.name, row.sessions, row.value, row.low, row.high, row.difference,
             row.p95_ms, "yes" if row.is_small and row.sessions is not None else "no"]
            for name, rows in tables.items()
            for row in rows
        ],
    )  # fmt: skip
