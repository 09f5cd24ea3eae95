"""The tinted band between two lines as a Plotly trace, with their gaps.

Plotly's own fill would bridge gaps, and needs the same times in both lines.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, product

import numpy as np

from analytics.stats.percentile_lines import Run
from dashboard.charts.annotations import Figure, Values
from dashboard.charts.time_axis import chart_time


def band(times: Sequence[str], low: Values, high: Values) -> Figure:
    """One polygon per run of steps with both values."""
    x: list[str | None] = []
    y: list[float | None] = []
    points = list(zip(times, low, high, strict=True))
    for is_complete, run in groupby(points, lambda p: p[1] is not None and p[2] is not None):
        stretch = list(run)
        if is_complete and len(stretch) > 1:
            back = stretch[::-1]
            x += [at for at, _, _ in stretch] + [at for at, _, _ in back] + [None]
            y += [value for _, value, _ in stretch] + [value for _, _, value in back] + [None]
    return _trace(x, y)


def between(low: Sequence[Run], high: Sequence[Run]) -> Figure:
    """One polygon where a run of each line overlap, cut straight at the ends of the overlap: the
    lines may have steps of their own."""
    x: list[str | None] = []
    y: list[float | None] = []
    for lower, upper in product(low, high):
        start, end = max(lower[0][0], upper[0][0]), min(lower[-1][0], upper[-1][0])
        if start < end:
            outline = [*_between(lower, start, end), *reversed(_between(upper, start, end))]
            x += [*(chart_time(at) for at, _ in outline), None]
            y += [*(value for _, value in outline), None]
    return _trace(x, y)


def _between(run: Run, start: datetime, end: datetime) -> Run:
    """The part of a line from `start` to `end`, both within it."""
    seconds, values = [at.timestamp() for at, _ in run], [value for _, value in run]
    ends = [(at, float(np.interp(at.timestamp(), seconds, values))) for at in (start, end)]
    return [ends[0], *(point for point in run if start < point[0] < end), ends[1]]


def _trace(x: Sequence[str | None], y: Values) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "band",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": "--measured-soft",
        "line": {"width": 0, "color": "--measured-soft"},
        "hoverinfo": "skip",
        "showlegend": False,
    }
