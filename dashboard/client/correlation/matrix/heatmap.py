"""The matrix of all pairs: coefficient and n in each cell, coloured where chance does not explain
it, hatched where there is not enough data."""

from dash import html
from dash.development.base_component import Component

from analytics.correlation.measures import Measure
from analytics.correlation.results import Strength
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core.data import Cell, CorrelationData
from dashboard.client.correlation.core.pairs import name_of
from dashboard.client.correlation.core.values import (
    coefficient_text,
    short_count,
    short_label,
    wrapped,
)
from dashboard.core.numbers import MINUS
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

PANEL = Panel(
    name="correlation-matrix",
    title="How they move together",
    explain=(
        "Rank correlations (Spearman). By hours: the median of the same hour of the week is "
        "subtracted from both sides first, so that a shared daily rhythm counts for nothing. Among "
        "equal sessions: of one app, country, network, browser and release that lasted about as "
        "long. Pale: chance explains it at 5 %, after Benjamini and Hochberg's correction for all "
        "pairs. A click draws a pair."
    ),
    css_class="panel-matrix",
    has_chart=True,
    has_dynamic_title=True,
    rows=("sessions", "client-reports"),
)
DEPTHS = {Strength.NONE: 0, Strength.WEAK: 1, Strength.MODERATE: 2, Strength.STRONG: 3}
DEPTH = 3
WIDTH, HEIGHT = 0.95, 0.93
TOP, BESIDE, NARROW_BESIDE = 34, 124, 74  # px
MARGIN = {"l": BESIDE, "r": 4, "t": TOP, "b": 4}


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    cells = page_data.cells
    return PanelContent(
        title="How they move together",
        unit="rank correlation among equal sessions"
        if page_data.is_by_sessions
        else "rank correlation, hourly",
        body=_figure(page_data),
        label=_label(cells),
        legend=_legend(page_data.correlations.mark),
        foot=_foot(page_data),
        table=_table(cells),
    )


def color_of(cell: Cell) -> str:
    """The token of a cell: by sign and strength, pale where chance explains it; that of the hatch
    where there is not enough data."""
    if cell.estimate is None:
        return "--line-strong"
    depth = DEPTHS[cell.strength]
    return f"--d{'-' if cell.estimate.value < 0 and depth else ''}{depth}"


def _figure(page_data: CorrelationData) -> Figure:
    result, cells = page_data.correlations, page_data.cells
    columns, rows = list(result.outcomes), list(result.exposures)
    x_axis = ValueAxis(low=-0.5, high=len(columns) - 0.5, ticks=_labels(columns, 12))
    y_axis = ValueAxis(low=0, high=len(rows), ticks=_rows(rows, 18))
    layout = value_axes.layout(x_axis, y_axis, MARGIN)
    layout["xaxis"] |= {"side": "top", "showline": False, "ticks": "",
                        "tickfont": {"size": 12, "color": "--ink-2"}}  # fmt: skip
    layout["yaxis"]["tickfont"] = {"size": 12, "color": "--ink-2"}
    layout["barmode"] = "overlay"
    narrow_y = {**layout["yaxis"], **_ticks(_rows(rows, 11)), "tickfont": {"size": 11}}
    narrow_x = {**layout["xaxis"], **_ticks(_labels(columns, 8)), "tickfont": {"size": 10}}
    layout["meta"] = {
        "narrow": {"yaxis": narrow_y, "xaxis": narrow_x, "margin": MARGIN | {"l": NARROW_BESIDE}}
    }
    trace = _trace(cells, columns, rows)
    trace["marker"]["line"] = _outline(page_data)
    caption = ". ".join(_foot(page_data))
    return value_axes.with_caption({"data": [trace], "layout": layout}, caption, t=76, l=140)


def _trace(cells: list[Cell], columns: list[Measure], rows: list[Measure]) -> Figure:
    return {
        "type": "bar",
        "name": "anchor",
        "x": [columns.index(each.pair.y) for each in cells],
        "base": [len(rows) - 1 - rows.index(each.pair.x) + (1 - HEIGHT) / 2 for each in cells],
        "y": [HEIGHT] * len(cells),
        "width": WIDTH,
        "customdata": [each.pair.key for each in cells],
        "text": [_text(each) for each in cells],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "insidetextfont": {"size": 11, "color": [_ink(each) for each in cells]},
        "marker": {
            "color": [color_of(each) for each in cells],
            "cornerradius": 4,
            # Plotly takes the colour of each point for its hatch, and ignores `fgcolor`.
            "pattern": {
                "shape": ["" if each.estimate else "/" for each in cells],
                "size": 6, "solidity": 0.15,
            },
        },
        "hoverinfo": "none",
        "showlegend": False,
    }  # fmt: skip


def _text(cell: Cell) -> str:
    if cell.estimate is None:
        return "not<br>enough"
    value = coefficient_text(cell.estimate.value)
    return f"<b>{value}</b><br>n {short_count(cell.n)}"


def _ink(cell: Cell) -> str:
    if not cell.is_sure:
        return "--ink-3"
    return "--surface" if DEPTHS[cell.strength] == DEPTH else "--ink"


def _outline(page_data: CorrelationData) -> Figure:
    is_drawn = [each.pair is page_data.pair for each in page_data.cells]
    return {"color": "--ink", "width": [2 if drawn else 0 for drawn in is_drawn]}


def _labels(measures: list[Measure], letters: int) -> list[tuple[float, str]]:
    return [(at, wrapped(short_label(each), letters)) for at, each in enumerate(measures)]


def _rows(measures: list[Measure], letters: int) -> list[tuple[float, str]]:
    top = len(measures) - 0.5
    return [(top - at, wrapped(each.label, letters)) for at, each in enumerate(measures)]


def _ticks(ticks: list[tuple[float, str]]) -> Figure:
    return {"tickvals": [at for at, _ in ticks], "ticktext": [text for _, text in ticks]}


def _legend(mark: float) -> list[Component]:
    """The seven colours between the marks; from the mark on a relation is strong."""
    swatches = [
        html.Span(className="swatch-wide", style={"background": f"var(--d{depth})"})
        for depth in range(-DEPTH, DEPTH + 1)
    ]
    return [html.Span([f"{MINUS}{mark:.1f}", *swatches, f"{mark:.1f}"], className="scale num")]


def _foot(page_data: CorrelationData) -> list[str]:
    noun = "sessions that have an equal" if page_data.is_by_sessions else "independent hours"
    sure = sum(each.is_sure for each in page_data.cells)
    missing = sum(each.estimate is None for each in page_data.cells)
    parts = [f"n = {noun}", "pale: chance explains it", "darkest: 0.7 or more"]
    counts = f"{sure} of {len(page_data.cells)} pairs beyond chance"
    return [" · ".join(parts), counts + (f", {missing} without enough data" if missing else "")]


def _label(cells: list[Cell]) -> str:
    sure = sorted(
        (each for each in cells if each.is_sure and each.estimate),
        key=lambda each: -abs(each.estimate.value if each.estimate else 0),
    )
    listed = "; ".join(
        f"{name_of(each.pair)} {coefficient_text(each.estimate.value)}"
        for each in sure[:3]
        if each.estimate
    )
    return f"Matrix of rank correlations. Strongest: {listed or 'none beyond chance'}."


def _table(cells: list[Cell]) -> Table:
    columns = [
        column("pair", "Pair", "text"), column("coefficient", "Rank correlation", "number"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
        column("n", "n", "count"), column("p_adjusted", "Adjusted p", "p"),
        column("strength", "Strength", "text"), column("reason", "Why none", "text"),
    ]  # fmt: skip
    return Table(columns, [_row(each) for each in cells])


def _row(cell: Cell) -> list[object]:
    estimate = cell.estimate
    figures = [estimate.value, estimate.low, estimate.high] if estimate else [None] * 3
    strength = cell.strength.value if estimate else ""
    return [name_of(cell.pair), *figures, round(cell.n), cell.p_adjusted, strength, cell.reason]
