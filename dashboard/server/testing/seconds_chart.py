"""Lines over the seconds since the start of a run, with its phases."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.load_tests.report import Plan, phases
from dashboard.charts import annotations, value_axes
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.figures import HEADROOM, LABEL_MARGIN, LONE_POINT, nice_ticks
from dashboard.charts.value_axes import ValueAxis
from dashboard.widgets.panel import UNDRAWN

MARGIN = {"l": 44, "r": 14, "t": 22, "b": 26}
PHASES = ("ramp-up", "steady", "ramp-down")
LEAST_PHASE = 0.12  # of the axis: a shorter one has no room for its name
UNDRAWN_FIGURE: Figure = {"data": [], "layout": UNDRAWN | {"meta": {"ticks": []}}}


@dataclass(frozen=True, slots=True)
class SecondsLine:
    """A line and the seconds of its values."""

    line: Line
    seconds: Sequence[float]


def figure(
    plan: Plan,
    drawn: Sequence[SecondsLine],
    rows: Sequence[float],
    *,
    end: float,
    least_top: float,
    threshold: tuple[float, str] | None = None,
) -> Figure:
    """The lines from zero to `end`; `rows` are the seconds of the panel's table. A `threshold`
    (value, label) is drawn once a line exceeds half of it."""
    longest = max(1.0, end)
    highest = max(
        (value for each in drawn for value in each.line.values if value is not None), default=0.0
    )
    is_near = threshold is not None and highest > threshold[0] / 2
    top = HEADROOM * max(least_top, highest, threshold[0] if threshold and is_near else 0.0)
    has_labels = any(each.line.label for each in drawn)
    layout = value_axes.layout(
        _axis(longest),
        ValueAxis(low=0, high=top, ticks=_ticks(top), has_lines=True),
        {**MARGIN, "r": LABEL_MARGIN if has_labels else MARGIN["r"]},
        hover="x",
    )
    layout["shapes"], layout["annotations"] = _phases(plan, longest)
    layout["annotations"] += annotations.end_labels([each.line for each in drawn], 0, top)
    if threshold is not None and is_near:
        layout["shapes"].append(annotations.threshold_line(threshold[0]))
        layout["annotations"].append(annotations.threshold_label(*threshold))
    traces = [_trace(each) for each in drawn]
    return {
        "data": [*traces, value_axes.anchor(rows, [0.0] * len(rows))],
        "layout": layout,
    }


def _axis(longest: float) -> ValueAxis:
    return ValueAxis(low=0, high=longest, ticks=_ticks(longest))


def _ticks(high: float) -> list[tuple[float, str]]:
    """Round values whose labels do not repeat, however small the axis."""
    factor = 1.0
    while high * factor < 2:
        factor *= 10
    return [(value / factor, f"{value / factor:,g}") for value in nice_ticks(0, high * factor)]


def _phases(plan: Plan, longest: float) -> tuple[list[Figure], list[Figure]]:
    """Lines between the phases, and the names of those with room for it."""
    inner = [at for at in phases(plan) if 0 < at < longest]
    shapes = [
        value_axes.line_at(at, "--line-strong", is_upright=True, dash="4px,3px") for at in inner
    ]
    begin, end = phases(plan)
    spans = ((0.0, begin), (begin, end), (end, longest))
    texts = [
        _name(name, (low + min(high, longest)) / 2)
        for name, (low, high) in zip(PHASES, spans, strict=True)
        if min(high, longest) - low >= LEAST_PHASE * longest
    ]
    return shapes, texts


def _name(text: str, at: float) -> Figure:
    return {
        "x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 3, "showarrow": False,
        "text": text, "font": {"size": 11, "color": "--ink-3"},
    }  # fmt: skip


def _trace(each: SecondsLine) -> Figure:
    line, values = each.line, list(each.line.values)
    is_lone = sum(value is not None for value in values) == 1
    return {
        "type": "scatter", "mode": "lines+markers" if is_lone else "lines", "name": line.name,
        "x": list(each.seconds), "y": values,
        "line": {"color": line.color, "width": line.width, "dash": line.dash},
        "marker": {"size": LONE_POINT, "color": line.color},
        "hoverinfo": "none", "showlegend": False, "connectgaps": False,
    }  # fmt: skip
