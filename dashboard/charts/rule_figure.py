"""The chart of a rule on the history of its metric: values in, a Plotly figure out.

The label set in front is drawn in blue over its usual range at each hour of the day, the others
faintly. Labels sent by clients never enter the figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from analytics.alerting.preview.wording import duration
from analytics.ranges.timerange import TimeRange
from dashboard.charts import annotations, bands, figures, time_axis
from dashboard.charts.annotations import Figure, Line, Values
from dashboard.charts.time_axis import TimeAxis

MOST_FAINT = 4
MOST_NAMED = 5
RIGHT_MARGIN = 132  # px, for the labels of both lines
LEAST_VALUES_OF_HOUR = 5  # values at one hour of the day for a usual range
LABEL_DISTANCE = 0.07  # of the height: closer than that, the labels of two lines would touch


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHistory:
    """`times` are of the points of all series (aware UTC); `values[0]` is the series in front.
    `spans` are the times it would have fired. Numbers are in the unit of the axis, `unit`; `least`
    and `most` bound both thresholds, `None` without a bound."""

    window: TimeRange
    times: Sequence[datetime]
    values: Sequence[Values]
    spans: Sequence[tuple[datetime, datetime]] = ()
    fire: float
    clear: float
    fire_label: str
    clear_label: str
    is_above: bool = True
    unit: str = ""
    least: float | None = None
    most: float | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


def draw(history: RuleHistory) -> Figure:
    """The figure."""
    times = [time_axis.chart_time(at) for at in history.times]
    window = history.window
    low, high = limits_of(history)
    faint = [
        Line(name="other", values=values, color="--c-other", width=1)
        for values in history.values[1 : 1 + MOST_FAINT]
    ]
    main = [Line(name="value", values=values, color="--measured") for values in history.values[:1]]
    figure = figures.lines(
        times,
        [*faint, *main],
        axis=TimeAxis.over(window, window.end, history.zone),
        least_top=high,
    )
    traces = [_plain(trace) for trace in figure["data"]]
    figure["data"] = [*_usual(history, times), *traces]
    layout = figure["layout"]
    layout["margin"] |= {"r": RIGHT_MARGIN, "t": 22}
    layout["dragmode"] = False
    ticks = figures.nice_ticks(low, high)
    layout["yaxis"] |= {
        "range": [low, high], "tickvals": ticks, "ticktext": [f"{tick:,g}" for tick in ticks],
    }  # fmt: skip
    layout["shapes"] = [*map(_span, history.spans), _beyond(history, low, high), *_lines(history)]
    line_labels = _line_labels(history, low, high)
    layout["annotations"] = [*_span_labels(history), *line_labels]
    layout["meta"]["limits"] = _limits(history, low, high)
    layout["meta"]["narrow"] = {
        "margin": layout["margin"] | {"r": 12, "t": 8},
        "annotations": [_inside(label) for label in line_labels],
    }
    return figure


def limits_of(history: RuleHistory) -> tuple[float, float]:
    """The ends of the value axis: the series in front and both thresholds, with 10 % padding."""
    numbers = [value for values in history.values[:1] for value in values if value is not None]
    low = min([*numbers, history.fire, history.clear])
    high = max([*numbers, history.fire, history.clear])
    padding = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    if 0 <= low <= (high - low) * 1.5:
        return 0.0, high + padding
    return low - padding, high + padding


def _limits(history: RuleHistory, low: float, high: float) -> Figure:
    """What `rule_lines.js` needs to drag both lines."""
    above, below = ("above", "below") if history.is_above else ("below", "above")
    return {
        "fire": history.fire, "clear": history.clear, "above": history.is_above,
        "low": low, "high": high, "least": history.least, "most": history.most,
        "unit": history.unit, "labels": {"fire": f"fires {above}", "clear": f"clears {below}"},
    }  # fmt: skip


def usual_band(times: Sequence[datetime], values: Values) -> tuple[Values, Values]:
    """The 10th and 90th percentile of the values at the same hour of the day, at each time."""
    hours: dict[int, list[float]] = {}
    for at, value in zip(times, values, strict=True):
        if value is not None:
            hours.setdefault(at.hour, []).append(value)
    ends: dict[int, tuple[float, float]] = {}
    for hour, samples in hours.items():
        samples.sort()
        if len(samples) >= LEAST_VALUES_OF_HOUR:
            last = len(samples) - 1
            ends[hour] = samples[round(last * 0.1)], samples[round(last * 0.9)]
    pairs = [ends.get(at.hour, (None, None)) for at in times]
    return [low for low, _ in pairs], [high for _, high in pairs]


def _usual(history: RuleHistory, times: Sequence[str]) -> list[Figure]:
    if not history.values:
        return []
    low, high = usual_band(history.times, history.values[0])
    drawn = bands.band(times, low, high)
    line = {"width": 0, "color": "--expected-band"}
    return [{**drawn, "name": "usual", "fillcolor": "--expected-band", "line": line}]


def _plain(trace: Figure) -> Figure:
    """Isolated points without an outline, and none on the faint lines."""
    if trace["name"] == "other":
        return {**trace, "mode": "lines", "opacity": 0.4}
    if "marker" not in trace:
        return trace
    return {**trace, "marker": {**trace["marker"], "line": {"width": 0}}}


def _span(span: tuple[datetime, datetime]) -> Figure:
    return {
        "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "opacity": 0.2,
        "x0": time_axis.chart_time(span[0]), "x1": time_axis.chart_time(span[1]),
        "fillcolor": "--bad-fill", "line": {"width": 0.5, "color": "--bad-fill"},
    }  # fmt: skip


def _beyond(history: RuleHistory, low: float, high: float) -> Figure:
    """A tint over all values beyond the fire threshold."""
    return {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "layer": "below", "opacity": 0.08,
        "y0": history.fire, "y1": high if history.is_above else low,
        "fillcolor": "--bad-fill", "line": {"width": 0},
    }  # fmt: skip


def _lines(history: RuleHistory) -> list[Figure]:
    fire = annotations.threshold_line(history.fire)
    clear = annotations.threshold_line(history.clear)
    clear["line"] = {"color": "--good-fill", "width": 1.25}
    return [fire] if history.clear == history.fire else [clear, fire]


def _line_labels(history: RuleHistory, low: float, high: float) -> list[Figure]:
    """The labels of both lines at their right ends, `LABEL_DISTANCE` apart."""
    labels = [(history.fire, f"<b>{history.fire_label}</b>", "--bad")]
    if history.clear != history.fire:
        labels.append((history.clear, history.clear_label, "--good"))
    labels.sort(key=lambda line: line[0])
    heights = [(value - low) / (high - low) for value, _, _ in labels]
    for index, (below, above) in enumerate(pairwise(heights)):
        if above - below < LABEL_DISTANCE:
            middle = (above + below) / 2
            heights[index], heights[index + 1] = (
                middle - LABEL_DISTANCE / 2,
                middle + LABEL_DISTANCE / 2,
            )
    return [
        {
            "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "yref": "paper", "y": height,
            "yanchor": "middle", "showarrow": False, "text": text,
            "font": {"size": 11, "color": color},
        }
        for height, (_, text, color) in zip(heights, labels, strict=True)
    ]  # fmt: skip


def _inside(label: Figure) -> Figure:
    """The label inside the plot, for screens without room beside it."""
    return {**label, "xanchor": "right", "xshift": -2, "bgcolor": "--surface", "opacity": 0.9}


def _span_labels(history: RuleHistory) -> list[Figure]:
    """The durations of the longest spans, above them, where they do not touch."""
    longest = sorted(history.spans, key=lambda span: span[0] - span[1])
    labelled: list[tuple[datetime, datetime]] = []
    distance = history.window.length / 7
    for span in longest:
        if len(labelled) < MOST_NAMED and all(
            abs(span[0] - other[0]) > distance for other in labelled
        ):
            labelled.append(span)
    return [
        {
            "x": time_axis.chart_time(start), "yref": "paper", "y": 1, "yanchor": "bottom",
            "xanchor": "right" if (history.window.end - start) < distance else "center",
            "showarrow": False, "font": {"size": 11, "color": "--bad"},
            "text": duration((end - start).total_seconds())
            + (", now" if end >= history.window.end else ""),
        }
        for start, end in labelled
    ]  # fmt: skip
