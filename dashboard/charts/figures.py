"""Figures for Plotly as plain dictionaries.

A colour is the name of a design token (`--p95`); the browser resolves it, so a change
of theme needs no request. Times are UTC without a zone, axis labels are local. Of what clients
send only event names enter a figure, escaped.
"""

from collections.abc import Sequence

from dashboard.charts import annotations, usual_range
from dashboard.charts.annotations import Bar, Figure, Line, Values
from dashboard.charts.time_axis import TimeAxis, instant_of
from dashboard.charts.usual_range import NO_USUAL, UsualLines

LONE_POINT = 4  # px, the size of a point without neighbours
LABEL_MARGIN = 88  # px right of the lines, for their names with the last value
HEADROOM = 1.08  # of the highest value drawn
LEAST_BAR = 1 / 120  # of the axis: 2 to 7 px


def lines(
    times: Sequence[str],
    drawn: Sequence[Line],
    *,
    axis: TimeAxis,
    least_top: float,
    threshold: tuple[float, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
    limits: tuple[float, float] | None = None,
    usual: UsualLines = NO_USUAL,
) -> Figure:
    """Lines over time on an axis from zero that covers all of them and `least_top`, or on one with
    these `limits`; `times` are those of the panel's table.

    `threshold` (value, label) is drawn, and covered, once a line exceeds half of it. `notes` are
    (time, text) above the time axis (gaps). The band of `usual` lies behind all of it, and is
    covered unless it is far wider than what was measured.
    """
    highest = _highest(drawn)
    is_near = threshold is not None and highest > threshold[0] / 2
    limit = threshold[0] if threshold and is_near else 0
    top = HEADROOM * max(least_top, highest, usual.top_beside(highest), limit)
    limits = limits or (0, top)
    traces = usual_range.traces(usual)
    traces += [_line_trace(times, line) for line in (*usual_range.expected_line(usual), *drawn)]
    layout = _layout(axis, limits)
    layout["margin"]["r"] = LABEL_MARGIN if any(line.label for line in drawn) else 14
    layout["annotations"] = annotations.end_labels(drawn, *limits) + [
        annotations.note(*note, *limits) for note in notes
    ]
    layout["shapes"] = usual_range.shapes(usual.spans)
    if threshold is not None and is_near:
        layout["shapes"] += [annotations.threshold_line(threshold[0])]
        layout["annotations"].append(annotations.threshold_label(*threshold))
    return {"data": [*traces, _anchor(times, limits[0])], "layout": layout}


def bars(
    times: Sequence[str],
    drawn: Sequence[Bar],
    *,
    axis: TimeAxis,
    step_seconds: int,
    usual: UsualLines = NO_USUAL,
) -> Figure:
    """Stacked bars over time, negative values below zero; each is centred in its step, or as much
    further left as is needed to be seen in a step that has hardly begun. `usual` is that of the
    lowest kind above zero, drawn in the middle of steps."""
    step_ms = step_seconds * 1000
    offsets = _offsets(times, axis, step_ms)
    traces = [
        {
            "type": "bar",
            "name": bar.name,
            "x": list(times),
            "y": list(bar.values),
            "marker": {"color": bar.color, "line": {"width": 0}},
            "width": step_ms * 0.8,
            "offset": offsets,
            "hoverinfo": "none",
            "showlegend": False,
        }
        for bar in drawn
    ]
    low, high = _stacked_limits(drawn)
    high = max(high, HEADROOM * usual.top_beside(high / HEADROOM))
    layout = _layout(axis, [low, high])
    layout["shapes"] = usual_range.shapes(usual.spans)
    layout |= {"barmode": "relative", "bargap": 0}
    layout["yaxis"] |= {"zeroline": True, "zerolinecolor": "--line-strong"}
    values = nice_ticks(low, high)
    layout["yaxis"] |= {"tickvals": values, "ticktext": [_tick_text(abs(v)) for v in values]}
    behind, front = usual_range.traces(usual), usual_range.expected_line(usual)
    traces = [*behind, *traces, *(_line_trace(times, line) for line in front)]
    return {"data": [*traces, _anchor(times)], "layout": layout}


def _offsets(times: Sequence[str], axis: TimeAxis, step_ms: float) -> list[float]:
    """How far from the start of its step each bar begins, in ms."""
    end, least = axis.window.end, axis.window.length.total_seconds() * 1000 * LEAST_BAR
    return [
        min(step_ms * 0.1, (end - instant_of(at)).total_seconds() * 1000 - least) for at in times
    ]


def nice_ticks(low: float, high: float) -> list[float]:
    """Four to six round values from `low` to `high`, zero among them."""
    raw = max(high - low, 1e-9) / 5.5
    power = 10.0 ** int(f"{raw:e}".split("e")[1])
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.99)
    step = max(step, 1.0) if high - low >= 2 else step
    return [i * step for i in range(int(low // step), int(high // step) + 1) if i * step >= low]


def with_gaps(
    times: Sequence[str], steps: Sequence[int], columns: Sequence[Values]
) -> tuple[list[str], list[list[float | None]]]:
    """`times` and `columns` with a `None` inserted wherever step numbers are not consecutive."""
    open_times: list[str] = []
    open_columns: list[list[float | None]] = [[] for _ in columns]
    for index, at in enumerate(times):
        if index and steps[index] != steps[index - 1] + 1:
            open_times.append(at)
            for column in open_columns:
                column.append(None)
        open_times.append(at)
        for column, values in zip(open_columns, columns, strict=True):
            column.append(values[index])
    return open_times, open_columns


def _highest(drawn: Sequence[Line]) -> float:
    return max((value for line in drawn for value in line.values if value is not None), default=0)


def _line_trace(times: Sequence[str], line: Line) -> Figure:
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "name": line.name,
        "x": list(times if line.times is None else line.times),
        "y": list(line.values),
        "line": {"color": line.color, "width": line.width, "dash": line.dash},
        "hoverinfo": "none",
        "showlegend": False,
        "connectgaps": False,
    }
    sizes = [LONE_POINT if lone else 0 for lone in _lone_points(line.values)]
    if any(sizes):
        trace |= {"mode": "lines+markers", "marker": {"size": sizes, "color": line.color}}
    if line.fill and None not in line.values:  # the fill would bridge a gap
        trace |= {"fill": "tozeroy", "fillcolor": "--measured-soft"}
    return trace


def _lone_points(values: Values) -> list[bool]:
    """Which points have no neighbour to draw a line to."""
    padded = [None, *values, None]
    return [
        value is not None and before is None and after is None
        for before, value, after in zip(padded, padded[1:], padded[2:], strict=False)
    ]


def _anchor(times: Sequence[str], low: float = 0) -> Figure:
    """Invisible points on the axis, one per row of the panel's table, that the pointer snaps to."""
    unique = list(dict.fromkeys(times))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "anchor",
        "x": unique,
        "y": [low] * len(unique),
        "marker": {"opacity": 0, "size": 1},
        "hoverinfo": "none",
        "showlegend": False,
    }


def _layout(axis: TimeAxis, span: Sequence[float]) -> Figure:
    two_rows = any("<br>" in label for _, label in axis.ticks)
    return {
        "margin": {"l": 44, "r": 14, "t": 10, "b": 38 if two_rows else 26},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Inter Variable, Inter, sans-serif", "size": 11, "color": "--ink-3"},
        "hovermode": "x",
        "hoverdistance": -1,
        "dragmode": "zoom",
        "selectdirection": "h",
        "showlegend": False,
        "meta": {"ticks": [list(tick) for tick in axis.ticks]},
        "xaxis": {
            "type": "date",
            "range": list(axis.limits),
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": "--line-strong",
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": "--line-strong",
            "tickvals": [at for at, _ in axis.ticks],
            "ticktext": [label for _, label in axis.ticks],
            "tickangle": 0,
            "showspikes": True,
            "spikemode": "across",
            "spikesnap": "hovered data",
            "spikethickness": 1,
            "spikedash": "solid",
            "spikecolor": "--ink-3",
        },
        "yaxis": {
            "range": list(span),
            "fixedrange": True,
            "gridcolor": "--line",
            "gridwidth": 1,
            "zeroline": False,
            "tickvals": nice_ticks(*span),
            "ticktext": [_tick_text(value) for value in nice_ticks(*span)],
        },
    }


def _tick_text(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value / 1000:g} k" if value >= 10_000 else f"{value:,g}"


def _stacked_limits(drawn: Sequence[Bar]) -> tuple[float, float]:
    columns = list(zip(*(bar.values for bar in drawn), strict=True))
    high = max((sum(v for v in column if v and v > 0) for column in columns), default=0)
    low = min((sum(v for v in column if v and v < 0) for column in columns), default=0)
    high = max(high, 1)
    return low * 1.15, high * HEADROOM
