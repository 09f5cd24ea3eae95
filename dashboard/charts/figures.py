"""Figures for Plotly as plain dictionaries.

A colour is the name of a design token (`--p95`); the browser resolves it, so a change
of theme needs no request. Times are UTC without a zone, axis labels are local. Of what clients
send only event names enter a figure, escaped.
"""

from collections.abc import Sequence

from dashboard.charts import annotations
from dashboard.charts.annotations import Bar, Figure, Line, Values

LONE_POINT = 4  # px, the size of a point without neighbours


def lines(
    times: Sequence[str],
    drawn: Sequence[Line],
    *,
    ticks: Sequence[tuple[str, str]],
    limits: tuple[str, str],
    top: float,
    threshold: tuple[float, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
) -> Figure:
    """Lines over time from zero to `top`; `notes` are (time, text) above the axis (gaps)."""
    traces = [_line_trace(times, line) for line in drawn]
    layout = _layout(ticks, limits, [0, top])
    layout["margin"]["r"] = 78 if any(line.label for line in drawn) else 14
    layout["annotations"] = annotations.end_labels(drawn, top) + [
        annotations.note(*note, top) for note in notes
    ]
    if threshold is not None and threshold[0] <= top:
        layout["shapes"] = [annotations.threshold_line(threshold[0])]
        layout["annotations"].append(annotations.threshold_label(*threshold))
    return {"data": [*traces, _anchor(times)], "layout": layout}


def bars(
    times: Sequence[str],
    drawn: Sequence[Bar],
    *,
    ticks: Sequence[tuple[str, str]],
    limits: tuple[str, str],
    step_seconds: int,
) -> Figure:
    """Stacked bars over time, negative values below zero; each is centred in its step."""
    traces = [
        {
            "type": "bar",
            "name": bar.name,
            "x": list(times),
            "y": list(bar.values),
            "marker": {"color": bar.color, "line": {"width": 0}},
            "width": step_seconds * 1000 * 0.8,
            "offset": step_seconds * 1000 * 0.1,
            "hoverinfo": "none",
            "showlegend": False,
        }
        for bar in drawn
    ]
    low, high = _stacked_limits(drawn)
    layout = _layout(ticks, limits, [low, high])
    layout |= {"barmode": "relative", "bargap": 0}
    layout["yaxis"] |= {"zeroline": True, "zerolinecolor": "--line-strong"}
    values = nice_ticks(low, high)
    layout["yaxis"] |= {"tickvals": values, "ticktext": [_tick_text(abs(v)) for v in values]}
    return {"data": [*traces, _anchor(times)], "layout": layout}


def nice_ticks(low: float, high: float) -> list[float]:
    """Four to six round values from `low` to `high`, zero among them."""
    raw = max(high - low, 1e-9) / 5.5
    power = 10.0 ** int(f"{raw:e}".split("e")[1])
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.99)
    step = max(step, 1.0) if high - low >= 2 else step
    return [i * step for i in range(int(low // step), int(high // step) + 1) if i * step >= low]


def axis_top(lines_drawn: Sequence[Values], least: float) -> float:
    """The upper end of a value axis from zero: 8 % above the highest value or `least`."""
    present = [value for values in lines_drawn for value in values if value is not None]
    return max([least, *present]) * 1.08


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


def _line_trace(times: Sequence[str], line: Line) -> Figure:
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "name": line.name,
        "x": list(times),
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


def _anchor(times: Sequence[str]) -> Figure:
    """Invisible points, one per row of the panel's table, that the pointer snaps to."""
    unique = list(dict.fromkeys(times))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "anchor",
        "x": unique,
        "y": [0] * len(unique),
        "marker": {"opacity": 0, "size": 1},
        "hoverinfo": "none",
        "showlegend": False,
    }


def _layout(
    ticks: Sequence[tuple[str, str]], limits: tuple[str, str], span: Sequence[float]
) -> Figure:
    two_rows = any("<br>" in label for _, label in ticks)
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
        "meta": {"ticks": [list(tick) for tick in ticks]},
        "xaxis": {
            "type": "date",
            "range": list(limits),
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": "--line-strong",
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": "--line-strong",
            "tickvals": [at for at, _ in ticks],
            "ticktext": [label for _, label in ticks],
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
    return low * 1.15, high * 1.08
