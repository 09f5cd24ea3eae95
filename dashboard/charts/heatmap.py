"""A heatmap of durations over time as a plain dictionary with colour tokens.

The vertical axis counts buckets, so it is logarithmic; its labels are round durations.
"""

from collections.abc import Sequence
from math import log

from analytics.stats.spread import Spread
from dashboard.charts import annotations, figures, log_axis, time_axis
from dashboard.charts.annotations import Figure
from dashboard.charts.time_axis import TimeAxis
from models.metrics.histogram import GROWTH, LEAST_US

COLOR_SCALE = [[level / 6, f"--q{level}"] for level in range(7)]
GAP = 0.5  # px between cells
MOST_LABELS = 7
ROUND = (1, 2, 5)
DECADES = range(-1, 8)


def heat(
    spread: Spread,
    *,
    axis: TimeAxis,
    limit: tuple[float, str] | None = None,
    names: Sequence[tuple[float, str]] = (),
) -> Figure:
    """The figure. Empty cells are blank; `limit` is drawn across where it is within the axis, and
    `names` (duration in ms, text) label the right edge at their duration.
    """
    top = spread.low + spread.size * len(spread.counts)
    cells: Figure = {
        "type": "heatmap",
        "x": [time_axis.chart_time(at) for at in spread.edges],
        "y": [spread.low + spread.size * row for row in range(len(spread.counts) + 1)],
        "z": spread.counts,
        "zmin": 0,
        "zmax": max(spread.largest, 1),
        "colorscale": COLOR_SCALE,
        "showscale": False,
        "xgap": GAP,
        "ygap": GAP,
        "hoverinfo": "none",
    }
    layout: Figure = figures.lines([], [], axis=axis, least_top=1)["layout"]
    layout["yaxis"] |= {"range": [spread.low, top], **_labels(spread.low, top)}
    layout["yaxis"] |= {"showgrid": False, "ticks": ""}
    layout["meta"]["rows"] = {"low": spread.low, "size": spread.size, "count": len(spread.counts)}
    layout["hovermode"] = "closest"  # the hover box shows one cell, not the whole column
    layout["margin"]["r"] = figures.LABEL_MARGIN  # so that time axes of a page align
    named = [(position(ms), text, "--ink-2") for ms, text in names]
    if limit is not None and spread.low < position(limit[0]) < top:
        layout["shapes"] = [annotations.threshold_line(position(limit[0]))]
        named.append((position(limit[0]), limit[1], "--bad"))
    layout["annotations"] = [
        annotations.end_text((at - spread.low) / (top - spread.low), text, color)
        for at, text, color in named
    ]
    return {"data": [cells], "layout": layout}


def position(ms: float) -> float:
    """The position of a duration on the axis: its fractional bucket index."""
    return log(ms * 1000 / LEAST_US) / log(GROWTH)


def _labels(low: float, top: float) -> Figure:
    """Round durations within the axis, at most seven: of each decade 1, 2 and 5, or 1 alone."""
    for digits in (ROUND, ROUND[:1]):
        values = [
            digit * 10.0**decade
            for decade in DECADES
            for digit in digits
            if low <= position(digit * 10.0**decade) <= top
        ]
        if len(values) <= MOST_LABELS:
            break
    values = log_axis.thinned(values, MOST_LABELS)
    return {
        "tickvals": [position(value) for value in values],
        "ticktext": [log_axis.duration_label(value) for value in values],
    }
