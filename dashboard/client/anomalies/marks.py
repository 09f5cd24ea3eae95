"""What stands on the chart of a judged series: dots outside the range, the words of severities, the
line of now, the peak, gaps."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from analytics.anomalies.points import Point
from dashboard.charts.annotations import Figure
from dashboard.charts.time_axis import chart_time
from dashboard.charts.usual_range import Span
from dashboard.client.anomalies.core.data import AnomaliesData
from dashboard.client.anomalies.core.severity import ORDER, STYLES
from dashboard.core import times

NOTE_SHARE = 0.1  # of the width of a chart: what a note takes
LEAST_GAP = timedelta(minutes=30)
NEAR_AXIS = 0.12  # of the height: a word beside a point so low would stand on the axis
NAMED_WIDTH = 16  # of the range: closer than that, two names of severities would touch


def scaled(value: float | None, factor: float) -> float | None:
    """A value in the unit of the axis."""
    return None if value is None else value * factor


def markers(page_data: AnomaliesData) -> list[Figure]:
    """A dot at each point that left its range, by severity."""
    factor = page_data.metric.factor
    traces = []
    for severity in ORDER:
        out = [each for each in page_data.points.points
               if each.severity == severity and each.observed is not None]  # fmt: skip
        if out:
            traces.append({
                "type": "scatter", "mode": "markers", "name": severity, "hoverinfo": "none",
                "showlegend": False,
                "x": [chart_time(each.t) for each in out],
                "y": [scaled(each.observed, factor) for each in out],
                "marker": {
                    "size": 6, "color": STYLES[severity].fill,
                    "line": {"width": 1, "color": "--surface"},
                },
            })  # fmt: skip
    return traces


def names(page_data: AnomaliesData, spans: Sequence[Span]) -> list[Figure]:
    """The words of severities above the spans, the most severe where they would touch; left of the
    line of now where they would stand on it."""
    return [_name(page_data, span) for span in _named(page_data, spans)]


def _name(page_data: AnomaliesData, span: Span) -> Figure:
    style = STYLES[span.severity]
    text = f"<b>{style.label}</b>"
    if _is_late(page_data, span):
        return _above(chart_time(page_data.window.end), text, style.color, "right", -6)
    return _above(chart_time(span.start + (span.end - span.start) / 2), text, style.color)


def _is_late(page_data: AnomaliesData, span: Span) -> bool:
    return page_data.window.end - span.start < _least_distance(page_data)


def _least_distance(page_data: AnomaliesData) -> timedelta:
    """Between two words above the chart."""
    return (page_data.ahead_until - page_data.window.start) / NAMED_WIDTH


def _named(page_data: AnomaliesData, spans: Sequence[Span]) -> list[Span]:
    distance = _least_distance(page_data)
    named: list[Span] = []
    for span in sorted(spans, key=lambda each: ORDER.index(each.severity)):
        if all(abs(span.start - other.start) > distance for other in named):
            named.append(span)
    return named


def _above(at: str, text: str, color: str, anchor: str = "center", shift: int = 0) -> Figure:
    return {
        "x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": anchor, "yshift": 4,
        "xshift": shift, "showarrow": False, "text": text, "font": {"size": 11, "color": color},
    }  # fmt: skip


def now_line(page_data: AnomaliesData) -> list[Figure]:
    """A line where the range ends and what comes begins."""
    if page_data.ahead_until <= page_data.window.end:
        return []
    at = chart_time(page_data.window.end)
    line = {"color": "--ink-3", "width": 1, "dash": "2px,3px"}
    return [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}]


def now_names(page_data: AnomaliesData, spans: Sequence[Span]) -> list[Figure]:
    """What lies left and right of that line; left of it where no severity is named there."""
    window = page_data.window
    length = page_data.ahead_until - window.end
    if length <= timedelta():
        return []
    at = chart_time(window.end)
    ahead = _above(at, f"next {times.length(length)}", "--ink-3", "left", 8)
    if any(_is_late(page_data, each) for each in _named(page_data, spans)):
        return [ahead]
    return [_above(at, "now", "--ink-3", "right", -6), ahead]


def peak(page_data: AnomaliesData, low: float, high: float) -> list[Figure]:
    """The value at the peak of the incident of the address, beside it; above the axis, which
    reaches from `low` to `high`, where the peak is near that."""
    incident, metric = page_data.incident, page_data.metric
    out = [each for each in page_data.points.points if each.severity and each.observed is not None]
    if incident is None or not out or incident.metric != metric.key:
        return []
    inside = [each for each in out if incident.start <= each.t < incident.until]
    if not inside:
        return []
    peak = max(inside, key=_distance)
    is_left = peak.t - page_data.window.start > (page_data.window.length / 3)
    text = f"<b>{metric.text(peak.observed)}</b>, expected {metric.text(peak.expected)}"
    y = (peak.observed or 0.0) * metric.factor
    return [{
        "x": chart_time(peak.t), "y": y, "text": text,
        "yanchor": "bottom" if y < low + NEAR_AXIS * (high - low) else "middle",
        "xanchor": "right" if is_left else "left", "xshift": -8 if is_left else 8,
        "showarrow": False, "font": {"size": 11, "color": "--ink"},
    }]  # fmt: skip


def _distance(point: Point) -> float:
    return abs((point.observed or 0.0) - (point.expected or 0.0))


def gap_notes(page_data: AnomaliesData) -> list[tuple[str, str]]:
    """`no reports, 3 h` in the middle of each gap, of those too near each other at the widest."""
    span = page_data.ahead_until - page_data.window.start
    noun = "reports" if page_data.view.source == "client" else "samples"
    noted: list[tuple[datetime, timedelta]] = []
    for gap, middle in sorted(_gaps(page_data, max(LEAST_GAP, span / 100)), reverse=True):
        if all(abs(middle - other) >= NOTE_SHARE * span for other, _ in noted):
            noted.append((middle, gap))
    return [(chart_time(middle), f"no {noun}, {times.length(gap)}") for middle, gap in noted]


def _gaps(page_data: AnomaliesData, least: timedelta) -> Iterator[tuple[timedelta, datetime]]:
    """The length and the middle of each gap between steps with values."""
    seconds = page_data.selected.step_seconds if page_data.selected else page_data.points.seconds
    past = [each for each in page_data.page.steps if each.state is not None]
    for is_gap, group in groupby(past, key=lambda each: each.observed is None):
        members = list(group)
        gap = members[-1].starts_at + timedelta(seconds=seconds) - members[0].starts_at
        if is_gap and gap >= least:
            yield gap, members[0].starts_at + gap / 2
