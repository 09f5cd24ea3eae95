"""The hours of a pair as points, each as far from usual as it was, and the curve through them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.measures import Measure
from analytics.correlation.results import CurveBin, Floats, Pair, Scatter
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.time_axis import chart_time
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core import axes
from dashboard.client.correlation.core.axes import UNDRAWN_FIGURE
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import headline, name_of
from dashboard.client.correlation.core.values import in_unit, short_label, signed
from dashboard.core.numbers import count, plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="correlation-scatter",
    title="Hour by hour",
    explain=(
        "One point an hour: how far each side was from the median of the same hour of the week. "
        "The curve joins the medians of ten bins with as many hours each; half of the hours of a "
        "bin lie in the tinted band. Points far from all others lie beyond the axes."
    ),
    css_class="panel-scatter",
    has_chart=True,
    has_dynamic_title=True,
)
LEGEND = (
    LegendEntry(name="hour", color="--measured", kind="point"),
    LegendEntry(name="median of ten bins", color="--ink"),
    LegendEntry(name="middle half", color="--measured-soft", kind="block"),
)
MOST_POINTS = 1_000
SIZE, OPACITY = 5, 0.3
MOST, BESIDE = (5, 95), 0.6  # percentiles, and how much further than they reach axes may go
Positions = NDArray[np.int64]
MARGIN = {"l": 52, "r": 14, "t": 10, "b": 44}


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pair, view = page_data.pair, page_data.pair.over_time
    scatter = view.scatter
    at = _drawn(len(scatter.at)) if scatter is not None else np.arange(0)
    left_out = (
        f"{plural(view.left_out, 'hour')} left out: too few sessions" if view.left_out else ""
    )
    drawn = f"{count(len(at))} of them drawn" if len(at) < view.n else ""
    beyond = _beyond(scatter, at) if scatter is not None else 0
    far = f"{count(beyond)} beyond the axes" if beyond else ""
    of_points = f"n = {plural(view.n, 'hour')} with data in both"
    return PanelContent(
        title=name_of(pair),
        unit="one point an hour, rhythm removed",
        body=UNDRAWN_FIGURE if scatter is None else _captioned(pair, scatter, at),
        label=_label(pair.x, pair.y, scatter),
        legend=panels.legend(LEGEND),
        foot=[", ".join(filter(None, (of_points, drawn, far))), left_out],
        table=_table(pair.x, pair.y, scatter, at),
        is_empty=scatter is None,
        empty_text=f"Not enough data. {view.reason or ''}".strip(),
    )


def _drawn(points: int) -> Positions:
    """The positions of at most `MOST_POINTS` points, evenly over the range."""
    step = max(1, -(-points // MOST_POINTS))
    return np.arange(0, points, step)


def _captioned(pair: Pair, scatter: Scatter, at: Positions) -> Figure:
    text = f"{headline(pair)} n = {plural(pair.over_time.n, 'hour')}."
    return value_axes.with_caption(_figure(pair.x, pair.y, scatter, at), text)


def _figure(x: Measure, y: Measure, scatter: Scatter, at: Positions) -> Figure:
    title = f"{in_unit(x.label, x)}, against usual"
    x_axis, y_axis = replace(_axis(scatter.x, title), has_lines=False), _axis(scatter.y)
    layout = value_axes.layout(x_axis, y_axis, MARGIN)
    layout["annotations"] = [_name(y)]
    layout["shapes"] = [value_axes.line_at(0.0, "--line", is_upright=True)]
    points = {
        "type": "scatter", "mode": "markers", "name": "anchor",
        "x": scatter.x[at].tolist(), "y": scatter.y[at].tolist(),
        "marker": {"size": SIZE, "color": "--measured", "opacity": OPACITY},
        "hoverinfo": "none", "showlegend": False,
    }  # fmt: skip
    return {"data": [points, _band(scatter.curve), _curve(scatter.curve)], "layout": layout}


def _axis(values: Floats, title: str = "") -> ValueAxis:
    return axes.axis_of(_near(values), is_signed=True, title=title)


def _near(values: Floats) -> tuple[float, float]:
    """The ends of most values and of what lies beside them: a storm would flatten all others."""
    low, high = np.percentile(values, MOST)
    reach = BESIDE * (high - low)
    return max(float(values.min()), low - reach), min(float(values.max()), high + reach)


def _beyond(scatter: Scatter, at: Positions) -> int:
    """How many of the points lie beyond the axes."""
    outside = np.zeros(len(at), dtype=np.bool)
    for values in (scatter.x, scatter.y):
        axis = _axis(values)
        outside |= (values[at] < axis.low) | (values[at] > axis.high)
    return int(outside.sum())


def _name(y: Measure) -> Figure:
    return {
        "xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top",
        "showarrow": False, "text": f"{in_unit(short_label(y), y)}, against usual", "xshift": 4,
        "bgcolor": "--surface", "font": {"size": 11, "color": "--ink-3"},
    }  # fmt: skip


def _band(curve: Sequence[CurveBin]) -> Figure:
    back = curve[::-1]
    return {
        "type": "scatter", "mode": "lines", "name": "middle half", "fill": "toself",
        "x": [each.x for each in (*curve, *back)],
        "y": [each.upper for each in curve] + [each.lower for each in back],
        "fillcolor": "--measured-soft", "line": {"width": 0, "color": "--measured-soft"},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _curve(curve: Sequence[CurveBin]) -> Figure:
    return {
        "type": "scatter", "mode": "lines+markers", "name": "medians",
        "x": [each.x for each in curve], "y": [each.median for each in curve],
        "line": {"color": "--ink", "width": 2},
        "marker": {"size": 6, "color": "--ink", "line": {"color": "--surface", "width": 1}},
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _label(x: Measure, y: Measure, scatter: Scatter | None) -> str:
    if scatter is None or not scatter.curve:
        return f"{y.label} against {x.label}: not enough data."
    first, last = scatter.curve[0], scatter.curve[-1]
    return (
        f"{y.label} against {x.label}, by hour: its median goes from {signed(first.median)} to "
        f"{signed(last.median)} {y.unit} against usual."
    )


def _table(x: Measure, y: Measure, scatter: Scatter | None, at: Positions) -> Table:
    columns = [
        column("hour", "Hour", "time"),
        column("x", f"{in_unit(x.label, x)}, against usual", "number", "--measured"),
        column("y", f"{in_unit(short_label(y), y)}, against usual", "number"),
    ]
    if scatter is None:
        return Table(columns, [])
    return Table(columns, [
        [chart_time(datetime.fromtimestamp(int(scatter.at[i]), UTC)),
         float(scatter.x[i]), float(scatter.y[i])]
        for i in at
    ])  # fmt: skip
