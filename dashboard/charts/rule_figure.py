"""A rule drawn on the history of its own metric: values in, a figure out.

The one label set that fired most is drawn in blue over what is usual for it at each hour of the
day, the others faintly. Labels of clients never enter the figure.
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

MOST_FAINT = 4
MOST_NAMED = 5
RIGHT = 132  # px, for the words of both lines
USUAL_OF_HOUR = 5  # values of one hour of the day before anything is called usual
CLOSE = 0.07  # of the height: nearer than that, the words of two lines would touch


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHistory:
    """`times` are of the points of all series (aware UTC); `values[0]` is the one in front.
    `spans` are the times it would have fired. Numbers are in the unit of the axis, `unit`; `least`
    and `most` are the ends of what either line may be, `None` without such."""

    window: TimeRange
    times: Sequence[datetime]
    values: Sequence[Values]
    spans: Sequence[tuple[datetime, datetime]] = ()
    fire: float
    clear: float
    fire_words: str
    clear_words: str
    is_above: bool = True
    unit: str = ""
    least: float | None = None
    most: float | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


def draw(history: RuleHistory) -> Figure:
    """The figure."""
    times = [time_axis.plain(at) for at in history.times]
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
        ticks=time_axis.ticks(window, history.zone),
        limits=(time_axis.plain(window.start), time_axis.plain(window.end)),
        top=high,
    )
    traces = [_plain(trace) for trace in figure["data"]]
    figure["data"] = [*_usual(history, times), *traces]
    layout = figure["layout"]
    layout["margin"] |= {"r": RIGHT, "t": 22}
    layout["dragmode"] = False
    ticks = figures.nice_ticks(low, high)
    layout["yaxis"] |= {
        "range": [low, high], "tickvals": ticks, "ticktext": [f"{tick:,g}" for tick in ticks],
    }  # fmt: skip
    layout["shapes"] = [*map(_span, history.spans), _beyond(history, low, high), *_lines(history)]
    named = _line_words(history, low, high)
    layout["annotations"] = [*_span_words(history), *named]
    layout["meta"]["limits"] = _limits(history, low, high)
    layout["meta"]["narrow"] = {
        "margin": layout["margin"] | {"r": 12, "t": 8},
        "annotations": [_inside(words) for words in named],
    }
    return figure


def limits_of(history: RuleHistory) -> tuple[float, float]:
    """The ends of the value axis: all of the line in front, and both thresholds, with some air."""
    known = [value for values in history.values[:1] for value in values if value is not None]
    low = min([*known, history.fire, history.clear])
    high = max([*known, history.fire, history.clear])
    air = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    if 0 <= low <= (high - low) * 1.5:
        return 0.0, high + air
    return low - air, high + air


def _limits(history: RuleHistory, low: float, high: float) -> Figure:
    """What the page needs to move both lines by hand."""
    above, below = ("above", "below") if history.is_above else ("below", "above")
    return {
        "fire": history.fire, "clear": history.clear, "above": history.is_above,
        "low": low, "high": high, "least": history.least, "most": history.most,
        "unit": history.unit, "words": {"fire": f"fires {above}", "clear": f"clears {below}"},
    }  # fmt: skip


def usual_band(times: Sequence[datetime], values: Values) -> tuple[Values, Values]:
    """The 10th and 90th percentile of the values at the same hour of the day, at each time."""
    hours: dict[int, list[float]] = {}
    for at, value in zip(times, values, strict=True):
        if value is not None:
            hours.setdefault(at.hour, []).append(value)
    ends: dict[int, tuple[float, float]] = {}
    for hour, found in hours.items():
        found.sort()
        if len(found) >= USUAL_OF_HOUR:
            last = len(found) - 1
            ends[hour] = found[round(last * 0.1)], found[round(last * 0.9)]
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
    """Lone points without an outline, and none on the faint lines."""
    if trace["name"] == "other":
        return {**trace, "mode": "lines", "opacity": 0.4}
    if "marker" not in trace:
        return trace
    return {**trace, "marker": {**trace["marker"], "line": {"width": 0}}}


def _span(span: tuple[datetime, datetime]) -> Figure:
    return {
        "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "opacity": 0.2,
        "x0": time_axis.plain(span[0]), "x1": time_axis.plain(span[1]),
        "fillcolor": "--bad-fill", "line": {"width": 0.5, "color": "--bad-fill"},
    }  # fmt: skip


def _beyond(history: RuleHistory, low: float, high: float) -> Figure:
    """A tint over all values that fire."""
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


def _line_words(history: RuleHistory, low: float, high: float) -> list[Figure]:
    """The names of both lines at their right ends, kept from touching each other."""
    wanted = [(history.fire, f"<b>{history.fire_words}</b>", "--bad")]
    if history.clear != history.fire:
        wanted.append((history.clear, history.clear_words, "--good"))
    wanted.sort(key=lambda line: line[0])
    heights = [(value - low) / (high - low) for value, _, _ in wanted]
    for place, (below, above) in enumerate(pairwise(heights)):
        if above - below < CLOSE:
            middle = (above + below) / 2
            heights[place], heights[place + 1] = middle - CLOSE / 2, middle + CLOSE / 2
    return [
        {
            "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "yref": "paper", "y": height,
            "yanchor": "middle", "showarrow": False, "text": words,
            "font": {"size": 11, "color": color},
        }
        for height, (_, words, color) in zip(heights, wanted, strict=True)
    ]  # fmt: skip


def _inside(words: Figure) -> Figure:
    """Within the plot, where there is no room beside it."""
    return {**words, "xanchor": "right", "xshift": -2, "bgcolor": "--surface", "opacity": 0.9}


def _span_words(history: RuleHistory) -> list[Figure]:
    """How long the longest ones lasted, above them, where they do not touch."""
    longest = sorted(history.spans, key=lambda span: span[0] - span[1])
    named: list[tuple[datetime, datetime]] = []
    apart = history.window.length / 7
    for span in longest:
        if len(named) < MOST_NAMED and all(abs(span[0] - other[0]) > apart for other in named):
            named.append(span)
    return [
        {
            "x": time_axis.plain(start), "yref": "paper", "y": 1, "yanchor": "bottom",
            "xanchor": "right" if (history.window.end - start) < apart else "center",
            "showarrow": False, "font": {"size": 11, "color": "--bad"},
            "text": duration((end - start).total_seconds())
            + (", now" if end >= history.window.end else ""),
        }
        for start, end in named
    ]  # fmt: skip
