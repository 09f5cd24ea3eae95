"""Ends and round ticks of axes of values that may be far below one."""

from collections.abc import Iterable, Sequence

from dashboard.charts.annotations import Figure
from dashboard.charts.figures import nice_ticks
from dashboard.charts.value_axes import ValueAxis
from dashboard.core.numbers import MINUS
from dashboard.widgets.panel import UNDRAWN

UNDRAWN_FIGURE: Figure = {"data": [], "layout": UNDRAWN | {"meta": {"ticks": []}}}
DASHES = "4px,3px"
ROOM = 0.08  # of the axis, beyond the outermost values


def round_ticks(low: float, high: float) -> list[float]:
    """Four to seven round values within the ends."""
    factor = 1.0
    while (high - low) * factor < 2:
        factor *= 10
    values = (each / factor for each in nice_ticks(low * factor, high * factor))
    return [each for each in values if low <= each <= high]


def axis_of(values: Iterable[float], *, is_signed: bool = False, title: str = "") -> ValueAxis:
    """An axis with hairlines that holds the values; of differences from usual zero too, which is
    then `usual`."""
    present = [*values, *([0.0] if is_signed else [])]
    low, high = min(present, default=0.0), max(present, default=1.0)
    room = ROOM * (high - low) or abs(high) * ROOM or 1.0
    low, high = low - room, high + room
    text = _from_usual if is_signed else _plain
    ticks = [(each, text(each)) for each in round_ticks(low, high)]
    return ValueAxis(low=low, high=high, ticks=ticks, has_lines=True, title=title)


def _from_usual(value: float) -> str:
    return "usual" if value == 0 else f"{value:+,g}".replace("-", MINUS)


def _plain(value: float) -> str:
    return f"{value:,g}".replace("-", MINUS)


def intervals(
    x: Sequence[float], y: Sequence[float], low: Sequence[float], high: Sequence[float], *,
    color: str, size: int | Sequence[int] = 7, is_flat: bool = False,
) -> Figure:  # fmt: skip
    """Points with their intervals, upright unless `is_flat`: then `low` and `high` are of x."""
    values = x if is_flat else y
    bars = {
        "type": "data", "symmetric": False, "color": color, "thickness": 2, "width": 0,
        "array": [end - value for end, value in zip(high, values, strict=True)],
        "arrayminus": [value - end for end, value in zip(low, values, strict=True)],
    }  # fmt: skip
    return {
        "type": "scatter", "mode": "markers", "name": "intervals", "x": list(x), "y": list(y),
        "marker": {"color": color, "size": size, "opacity": 1, "line": {"width": 0}},
        ("error_x" if is_flat else "error_y"): bars, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip
