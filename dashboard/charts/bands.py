"""The tinted band between two lines as a Plotly trace, with their gaps."""

from collections.abc import Sequence
from itertools import groupby

from dashboard.charts.annotations import Figure, Values


def band(times: Sequence[str], low: Values, high: Values) -> Figure:
    """One polygon per run of steps with both values; Plotly's own fill would bridge gaps."""
    x: list[str | None] = []
    y: list[float | None] = []
    points = list(zip(times, low, high, strict=True))
    for is_complete, run in groupby(points, lambda p: p[1] is not None and p[2] is not None):
        stretch = list(run)
        if is_complete and len(stretch) > 1:
            back = stretch[::-1]
            x += [at for at, _, _ in stretch] + [at for at, _, _ in back] + [None]
            y += [value for _, value, _ in stretch] + [value for _, _, value in back] + [None]
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
