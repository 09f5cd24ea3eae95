"""The panel "Where it is worst" of the client Overview: a table for every dimension."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from analytics.reports.segments.figures import LEAST_SESSIONS
from analytics.reports.segments.worst import WhereWorst
from dashboard.client.geographic.core.metrics import REGION_METRICS
from dashboard.core.numbers import percent, percent_text, signed_points
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
from .url_state import OverviewView

PANEL = Panel(
    name="where-worst",
    title="Where it is worst",
    explain=(
        "Stability by every dimension, people most affected first: sessions times the least they "
        "are below all other people. The difference is from all others; it is bold where chance "
        f"does not explain it. Below {LEAST_SESSIONS} sessions a value is not ranked. Pairs of "
        "dimensions are tried too: the one named is worse than each of its sides. A name filters; "
        "Compare sets a value beside all others, and a second one beside the first."
    ),
    css_class="panel-full panel-natural",
    rows=("sessions", "client-reports"),
)
MOST_COMPARED = 20
Tables = Mapping[str, Sequence[WorstRow]]


def draw(view: OverviewView, worst: WhereWorst) -> PanelContent:
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


def _pair(view: OverviewView, worst: WhereWorst) -> Component | None:
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


def _visible(rows: Sequence[WorstRow], *, is_compared: bool = False) -> Sequence[WorstRow]:
    """More of a dimension whose values are compared, so that a second one can be chosen."""
    return rows[: MOST_COMPARED if is_compared else MOST_ROWS]


def _table(
    view: OverviewView, dimension: str, label: str, rows: Sequence[WorstRow], scale: IntervalScale
) -> Component:
    visible = _visible(rows, is_compared=_compared(view, dimension) != ())
    has_bars = any(row.has_bar for row in visible)
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
    body = [_row(view, dimension, row, scale) for row in visible]
    more = len(rows) - len(visible)
    return html.Div(
        [
            html.Table([html.Thead(heading), html.Tbody(body)], className="table-plain"),
            html.P(f"{more} more in the table", className="faint table-none") if more > 0 else None,
        ],
        className="split",
    )


def _row(view: OverviewView, dimension: str, row: WorstRow, scale: IntervalScale) -> Component:
    filtered = view.with_filter(dimension, row.value_key)
    is_bad = row.is_sure and (row.difference or 0) < 0 and not row.is_small
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
            html.Td(_compare(view, dimension, row), className="compare-cell"),
        ],
        className=" ".join(filter(None, (
            "is-small" if row.is_small else "",
            "is-selected" if row.value_key in _compared(view, dimension) else "",
        ))),
    )  # fmt: skip


def _compared(view: OverviewView, dimension: str) -> tuple[str, ...]:
    """The values of the dimension that are compared."""
    versus = view.versus
    return versus.values if versus is not None and versus.dimension == dimension else ()


def _compare(view: OverviewView, dimension: str, row: WorstRow) -> Component:
    """The link that sets a value beside the first one, or beside all others; of a compared value
    the one that stops it."""
    compared = _compared(view, dimension)
    address = view.comparing(dimension, row.value_key).search()
    if row.value_key in compared:
        return link(icon("close", f"Stop comparing {row.name}"), address)
    beside = value_name(dimension, compared[0]) if compared else "all others"
    return link(icon("compare", f"Compare {row.name} with {beside}"), address)


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
