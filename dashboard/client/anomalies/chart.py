"""The chart of a judged series: measured, expected, usual range, incidents, and what comes."""

from collections.abc import Sequence
from typing import Any

from dash import html

from analytics.anomalies import naming
from analytics.anomalies.reports import IncidentPart
from analytics.ranges.timerange import TimeRange
from dashboard.charts import figures, time_axis, usual_range
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.time_axis import TimeAxis, chart_time
from dashboard.charts.usual_range import Span, UsualLines
from dashboard.client.anomalies import marks
from dashboard.client.anomalies.core.data import AnomaliesData
from dashboard.core import times
from dashboard.core.numbers import figures as three_figures
from dashboard.core.numbers import percent_text, plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

EXPLAIN = (
    "The usual range is what was stored before each step came: calibrated on how far past values "
    "were from what was expected of them. Where steps are joined, a point is the mean of its "
    "steps, and the farthest outside its range where one left it. Missing steps are gaps, never "
    "zero."
)
LEGEND = (
    LegendEntry(name="measured", color="--measured"),
    *usual_range.LEGEND,
    LegendEntry(name="incident", color="--bad-soft", kind="block"),
)
TOP = 30  # px above the plot, for the words of severities
EARLY = "no step is judged yet, expected values are still learnt"
METHODS = {"prophet": "Prophet", "usual hour": "the usual hour"}


def panel(source: str) -> Panel:
    """The frame."""
    return Panel(
        name=f"{source}-anomaly-series",
        title="Expected and measured",
        explain=EXPLAIN,
        css_class="panel-full panel-series",
        has_chart=True,
        has_dynamic_title=True,
    )


def draw(page_data: AnomaliesData) -> PanelContent:
    """The content of the panel."""
    selected, points = page_data.selected, page_data.points.points
    title = page_data.metric.label if selected else "Expected and measured"
    return PanelContent(
        title=title,
        unit=_unit(page_data),
        body=_figure(page_data),
        label=_label(page_data, title),
        legend=panels.legend(LEGEND),
        foot=[_of_steps(page_data), _of_expectation(page_data)],
        table=_table(page_data),
        is_empty=all(each.observed is None and each.expected is None for each in points),
        empty_text=_empty_text(page_data),
    )


def _unit(page_data: AnomaliesData) -> str:
    selected = page_data.selected
    if selected is None:
        return ""
    parts = [page_data.unit, selected.key.app, naming.slice_text(selected.key.labels)]
    return ", ".join(filter(None, parts))


def _figure(page_data: AnomaliesData) -> Figure:
    points, factor = page_data.points.points, page_data.metric.factor
    step_numbers = [int(each.t.timestamp()) // page_data.points.seconds for each in points]
    of_points = [(each.observed, each.expected, each.low, each.high) for each in points]
    rows = [[marks.scaled(value, factor) for value in values]
            for values in zip(*of_points, strict=True)] or [[]] * 4  # fmt: skip
    open_times, (observed, expected, low, high) = figures.with_gaps(
        [chart_time(each.t) for each in points], step_numbers, rows
    )
    usual = UsualLines(times=open_times, expected=expected, low=low, high=high,
                       spans=_spans(page_data))  # fmt: skip
    axis = _axis(page_data)
    measured = Line(name="measured", values=observed, color="--measured", times=open_times)
    figure = figures.lines(
        [chart_time(each.t) for each in points], [measured], axis=axis, usual=usual,
        least_top=0.1, notes=marks.gap_notes(page_data), limits=_limits(page_data, rows),
    )  # fmt: skip
    layout = figure["layout"]
    layout["margin"] |= {"t": TOP, "r": 14}
    figure["data"][-1:-1] = marks.markers(page_data)
    layout["shapes"] = [*layout.get("shapes", []), *marks.now_line(page_data)]
    names = marks.names(page_data, usual.spans)
    layout["meta"]["narrow"] = {"annotations": [*layout["annotations"], *names]}
    layout["annotations"] += [
        *names,
        *marks.now_names(page_data, usual.spans),
        *marks.peak(page_data, *layout["yaxis"]["range"]),
    ]
    return figure


def _axis(page_data: AnomaliesData) -> TimeAxis:
    window = TimeRange(page_data.window.start, page_data.ahead_until)
    return TimeAxis(window, time_axis.ticks(window, page_data.now, page_data.zone))


def _limits(
    page_data: AnomaliesData, rows: Sequence[Sequence[float | None]]
) -> tuple[float, float] | None:
    """Shares near one hundred percent need an axis that does not begin at zero; of a range far
    wider than what was measured and expected it holds twice the height of these."""
    if page_data.metric.unit != "share":
        return None
    drawn, usual = _numbers(rows[:2]), _numbers(rows)
    low, high = min(drawn, default=0.0), max(drawn, default=100.0)
    height = (high - low) or 1.0
    low = max(min(usual, default=low), low - 2 * height)
    high = min(max(usual, default=high), high + 2 * height)
    room = 0.1 * (high - low) or 1.0
    return max(0.0, low - room), min(100.0, high + room)


def _numbers(rows: Sequence[Sequence[float | None]]) -> list[float]:
    return [value for row in rows for value in row if value is not None]


def _spans(page_data: AnomaliesData) -> list[Span]:
    return [Span(*_ends(page_data, each), each.severity) for each in page_data.page.spans]


def _ends(page_data: AnomaliesData, part: IncidentPart) -> tuple[Any, Any]:
    """Begin and end within the axis; what goes on reaches to now."""
    start = max(part.started_at, page_data.window.start)
    end = part.until if part.ended_at is not None else max(part.until, page_data.now)
    return start, min(end, page_data.window.end)


def _of_steps(page_data: AnomaliesData) -> str:
    """How much was measured, and how often steps leave the range by chance."""
    points, selected = page_data.points, page_data.selected
    parts = [f"n = {plural(points.n, page_data.metric.noun)}"]
    if points.sessions:
        parts.append(f"up to {plural(points.sessions, 'session')} a step")
    if selected is not None and selected.measured_rate is not None:
        designed = percent_text(selected.designed_rate)
        left = f"left by {percent_text(selected.measured_rate)} of steps"
        parts.append(f"{left}; designed for {designed}")
    return " · ".join(parts)


def _of_expectation(page_data: AnomaliesData) -> str:
    """What the expected values come from, with the errors of both methods; when they were made."""
    selected = page_data.selected
    if selected is None:
        return ""
    if selected.method not in METHODS:
        return "learning: a range follows once there are 24 h of values, or in the night after"
    errors = ", ".join(f"{METHODS.get(name, name).removeprefix('the ')} {three_figures(error)}"
                       for name, error in selected.errors.items())  # fmt: skip
    text = f"expected by: {METHODS[selected.method]}"
    text += f" (error a step ahead: {errors})" if errors else ""
    if selected.fitted_at is None:
        return text
    return f"{text}, fitted {times.moment(selected.fitted_at, page_data.now, page_data.zone)}"


def _label(page_data: AnomaliesData, title: str) -> str:
    """The chart in a sentence."""
    spans = page_data.page.spans
    of_spans = plural(len(spans), "incident") if spans else "no incident"
    last = next((each for each in reversed(page_data.current.series)
                 if each.observed is not None), None)  # fmt: skip
    if last is None:
        return f"{title}: no values in this range."
    metric = page_data.metric
    has_range = last.low is not None and last.high is not None
    usual = f", usual {metric.text(last.low)} to {metric.text(last.high)}" if has_range else ""
    return f"{title} over time: {metric.text(last.observed)} at the end{usual}; {of_spans}."


def _table(page_data: AnomaliesData) -> Table:
    kind = page_data.metric.kind
    columns = [
        column("time", "Time", "time"),
        column("measured", "Measured", kind, "--measured"),
        column("expected", "Expected", kind, "--expected", "dashes"),
        column("low", "Usual from", kind, "--expected-band", "block"),
        column("high", "Usual to", kind, "--expected-band", "block"),
        column("severity", "Severity", "text"),
        column("n", f"n, {page_data.metric.noun}s", "count"),
        column("sessions", "Sessions", "count"),
    ]
    rows = [
        [chart_time(each.t), each.observed, each.expected, each.low, each.high,
         each.severity or "", None if each.is_ahead else each.n,
         None if each.is_ahead else each.sessions]
        for each in page_data.points.points
    ]  # fmt: skip
    return Table(columns, rows)


def _empty_text(page_data: AnomaliesData) -> Any:
    view = page_data.view
    if page_data.selected is not None:
        is_early = page_data.page.listing.judged_until is None
        reason = EARLY if is_early else "no value in this range"
        return f"{page_data.metric.label}: {reason}."
    named = [page_data.metric.label] if view.metric else []
    named += [naming.slice_text(view.labels)] if view.labels else []
    subject = " of ".join(named) or "This"
    return html.Span(
        f"{subject} is not judged. Every metric is judged for each app; by country, network, "
        "browser and release six key metrics, for the 20 values with most sessions."
    )
