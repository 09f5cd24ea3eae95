"""A logarithmic value axis for a line figure whose values span several decades."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor, log10

from dashboard.charts import annotations
from dashboard.charts.annotations import Figure, Line
from dashboard.core.numbers import with_unit

LEAST = 0.01
MOST_LABELS = 7


def duration_label(ms: float) -> str:
    """A duration on an axis of ms: `0.1`, `10`, `1 s`, `1,000 s`."""
    return f"{ms:g}" if ms < 1000 else with_unit(f"{ms / 1000:,.0f}", "s")


def thinned(values: Sequence[float], most: float) -> list[float]:
    """Every second, third, ... value, such that at most `most` are left."""
    return list(values[:: max(1, ceil(len(values) / most))])


def logarithmic(figure: Figure, drawn: Sequence[Line]) -> Figure:
    """The same lines on an axis of whole decades, with their end labels moved accordingly."""
    present = [max(v, LEAST) for line in drawn for v in line.values if v is not None]
    low, high = floor(log10(min(present, default=1))), ceil(log10(max(present, default=10)))
    high = max(high, low + 1)
    decades = thinned([10.0**e for e in range(low, high + 1)], MOST_LABELS)
    axis = {
        **figure["layout"]["yaxis"],
        "type": "log",
        "range": [low, high],
        "tickvals": decades,
        "ticktext": [duration_label(decade) for decade in decades],
    }
    scaled = [
        replace(
            line,
            values=[None if v is None else log10(max(v, LEAST)) - low for v in line.values],
        )
        for line in drawn
    ]
    names = annotations.end_labels(scaled, 0, high - low)
    layout = {**figure["layout"], "yaxis": axis, "annotations": names}
    anchor = {**figure["data"][-1], "y": [10.0**low] * len(figure["data"][-1]["x"])}
    return {"data": [*figure["data"][:-1], anchor], "layout": layout}
