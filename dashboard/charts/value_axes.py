"""The layout of a chart whose axes are no time: labels on round values, hairlines, no zoom.

A trace named `anchor` has one point for each row of the panel's table; the hover box has that row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from dashboard.charts.annotations import Figure

FONT = {"family": "Inter Variable, Inter, sans-serif", "size": 11, "color": "--ink-3"}
Ticks = Sequence[tuple[float, str]]
LETTERS = 60  # a line of a caption
LINE = 15  # px


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAxis:
    """`low` and `high` are its ends, `ticks` (value, label); `has_lines` across the chart."""

    low: float
    high: float
    ticks: Ticks
    has_lines: bool = False
    title: str = ""


def layout(x: ValueAxis, y: ValueAxis, margin: dict[str, int], *, hover: str = "closest") -> Figure:
    """The layout; ticks of x are thinned out where the chart is narrow."""
    return {
        "margin": margin,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": FONT,
        "hovermode": hover,
        "hoverdistance": -1 if hover != "closest" else 24,
        "dragmode": False,
        "showlegend": False,
        "meta": {"ticks": [list(tick) for tick in x.ticks]},
        "xaxis": _axis(x) | {"showline": True, "linecolor": "--line-strong", "ticks": "outside",
                             "ticklen": 4, "tickcolor": "--line-strong", "tickangle": 0},
        "yaxis": _axis(y),
        "shapes": [],
        "annotations": [],
    }  # fmt: skip


def _axis(axis: ValueAxis) -> Figure:
    return {
        "type": "linear",
        "range": [axis.low, axis.high],
        "fixedrange": True,
        "showgrid": axis.has_lines,
        "gridcolor": "--line",
        "zeroline": False,
        "tickvals": [value for value, _ in axis.ticks],
        "ticktext": [label for _, label in axis.ticks],
        "title": {"text": axis.title, "font": {"size": 11, "color": "--ink-3"}, "standoff": 6},
    }


def line_at(value: float, color: str, *, is_upright: bool = False, dash: str = "solid") -> Figure:
    """A line across the chart at a value of y, or of x where it is upright."""
    own, other = ("x", "y") if is_upright else ("y", "x")
    return {
        "type": "line", f"{own}0": value, f"{own}1": value, f"{other}ref": "paper",
        f"{other}0": 0, f"{other}1": 1, "line": {"color": color, "width": 1, "dash": dash},
    }  # fmt: skip


def anchor(x: Sequence[float], y: Sequence[float]) -> Figure:
    """Invisible points that the pointer snaps to, one a row of the table."""
    return {
        "type": "scatter", "mode": "markers", "name": "anchor", "x": list(x), "y": list(y),
        "marker": {"opacity": 0, "size": 18}, "hoverinfo": "none", "showlegend": False,
    }  # fmt: skip


def with_caption(figure: Figure, text: str, **margin: int) -> Figure:
    """The figure, whose picture says what the page says beside it: the sentence, and n. `margin` is
    that of the picture where it differs."""
    layout, lines = figure["layout"], wrap(text, LETTERS)
    below = layout["margin"]["b"] + 8
    caption = {
        "xref": "paper", "x": 0, "xanchor": "left", "xshift": 16 - layout["margin"]["l"],
        "yref": "paper", "y": 0, "yanchor": "top", "yshift": -below, "align": "left",
        "showarrow": False, "text": "<br>".join(lines), "font": {"size": 11, "color": "--ink-2"},
    }  # fmt: skip
    picture = {
        "annotations": [*layout["annotations"], caption],
        "margin": {"b": below + LINE * len(lines) + 8, **margin},
    }
    return {**figure, "layout": {**layout, "meta": {**layout["meta"], "png": picture}}}
