"""A heatmap of durations over time as a plain dictionary, colours by token: values in, drawing out.

The vertical axis counts buckets, so it is logarithmic; its labels are round durations.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import log

from analytics.stats.spread import Spread
from dashboard.charts import annotations, figures, time_axis
from dashboard.charts.annotations import Figure
from models.metrics.histogram import GROWTH, LEAST_US

DEPTHS = [[place / 6, f"--q{place}"] for place in range(7)]
MARGIN = 88  # px, as beside the latency's lines, so that time axes stand under each other
GAP = 0.5  # px between cells
MOST_LABELS = 7
ROUND = (1, 2, 5)
DECADES = range(-1, 8)


def heat(
    spread: Spread,
    *,
    ticks: Sequence[tuple[str, str]],
    limits: tuple[str, str],
    limit: tuple[float, str] | None = None,
    names: Sequence[tuple[float, str]] = (),
) -> Figure:
    """The figure. Empty cells stay blank; a limit within the axis is drawn across, and (duration,
    name) stand at the right where that duration is."""
    top = spread.low + spread.size * len(spread.counts)
    seconds = timedelta(seconds=spread.seconds)
    edges = [*spread.starts, spread.starts[-1] + seconds] if spread.starts else []
    cells: Figure = {
        "type": "heatmap",
        "x": [time_axis.plain(at) for at in edges],
        "y": [spread.low + spread.size * row for row in range(len(spread.counts) + 1)],
        "z": spread.counts,
        "zmin": 0,
        "zmax": max(spread.most, 1),
        "colorscale": DEPTHS,
        "showscale": False,
        "xgap": GAP,
        "ygap": GAP,
        "hoverinfo": "none",
    }
    layout: Figure = figures.lines([], [], ticks=ticks, limits=limits, top=1)["layout"]
    layout["yaxis"] |= {"range": [spread.low, top], **_labels(spread.low, top)}
    layout["yaxis"] |= {"showgrid": False, "ticks": ""}
    layout["meta"]["rows"] = {"low": spread.low, "size": spread.size, "count": len(spread.counts)}
    layout["hovermode"] = "closest"  # of a column each cell is told apart
    layout["margin"]["r"] = MARGIN
    named = [(position(ms), words, "--ink-2") for ms, words in names]
    if limit is not None and spread.low < position(limit[0]) < top:
        layout["shapes"] = [annotations.threshold_line(position(limit[0]))]
        named.append((position(limit[0]), limit[1], "--bad"))
    layout["annotations"] = [
        annotations.at_the_end((at - spread.low) / (top - spread.low), words, color)
        for at, words, color in named
    ]
    return {"data": [cells], "layout": layout}


def position(ms: float) -> float:
    """Where a duration stands on the axis: its bucket, with a fraction."""
    return log(ms * 1000 / LEAST_US) / log(GROWTH)


def _labels(low: float, top: float) -> Figure:
    """Round durations within the axis, at most seven: of each decade 1, 2 and 5, or 1 alone."""
    for chosen in (ROUND, ROUND[:1]):
        values = [
            digit * 10.0**decade
            for decade in DECADES
            for digit in chosen
            if low <= position(digit * 10.0**decade) <= top
        ]
        if len(values) <= MOST_LABELS:
            break
    return {
        "tickvals": [position(value) for value in values],
        "ticktext": [f"{value:,g}" for value in values],
    }
