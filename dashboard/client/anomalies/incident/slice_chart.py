"""The slice that explains most of an incident, in time, against all others."""

from datetime import timedelta

from analytics.anomalies import naming
from analytics.ranges.timerange import TimeRange
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.time_axis import TimeAxis, chart_time
from dashboard.charts.usual_range import Span, UsualLines
from dashboard.client.anomalies.core.data import AnomaliesData, SliceLines
from dashboard.client.anomalies.core.values import MetricText
from dashboard.core.times import step
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import UNDRAWN, LegendEntry, Panel

UNDRAWN_FIGURE = {"data": [], "layout": UNDRAWN | {"meta": {"ticks": []}}}


def panel(source: str) -> Panel:
    """The frame."""
    return Panel(
        name=f"{source}-incident-slice",
        title="",
        explain=(
            "The metric of the incident in the slice that explains most of it, and in all others "
            "of the same app: counts add up, of what does not add up everyone is drawn. From "
            "three hours before to three hours after, or twice as long as the incident lasted."
        ),
        css_class="panel-full panel-slot",
        has_chart=True,
        has_dynamic_title=True,
    )


def draw(page_data: AnomaliesData) -> PanelContent:
    """The content of the panel; hidden without an explained incident."""
    lines, incident = page_data.slice_lines, page_data.incident
    if lines is None or incident is None:
        return PanelContent(unit="", body=UNDRAWN_FIGURE, foot=["", ""], table=Table([], []))
    metric, name = MetricText(incident.source, incident.metric), lines.title
    name = name[:1].upper() + name[1:]
    others = lines.others or "all others"
    app = f"app {incident.app}" if incident.app else naming.app_text("")
    is_empty = not lines.starts
    return PanelContent(
        title=f"{name} against {others}",
        unit=f"{metric.label}, {step(lines.step_seconds)} a step" if lines.step_seconds else "",
        body=UNDRAWN_FIGURE if is_empty else _figure(page_data, lines, metric),
        label=f"{metric.label} of {name} against {others} around the incident.",
        legend=panels.legend(_legend(name, others)),
        foot=[f"{metric.label} of {app}", "tinted: the incident"],
        table=Table(
            [column("time", "Time", "time"), column("slice", name, metric.kind, "--measured"),
             column("others", others.capitalize(), metric.kind, "--c-other", "thin")],
            [[chart_time(at), *values] for at, *values in
             zip(lines.starts, lines.of_slice, lines.of_others, strict=True)],
        ),
        is_empty=is_empty,
        empty_text=lines.reason or "There are no values around the incident any more.",
    )  # fmt: skip


def _legend(name: str, others: str) -> list[LegendEntry]:
    return [
        LegendEntry(name=name, color="--measured"),
        LegendEntry(name=others, color="--c-other", kind="thin"),
    ]


def _figure(page_data: AnomaliesData, lines: SliceLines, metric: MetricText) -> Figure:
    incident = page_data.incident
    window = TimeRange(lines.start or page_data.window.start, lines.end or page_data.window.end)
    seconds = lines.step_seconds or 1
    numbers = [int(at.timestamp()) // seconds for at in lines.starts]
    rows = [[None if value is None else value * metric.factor for value in values]
            for values in (lines.of_slice, lines.of_others)]  # fmt: skip
    times, (of_slice, of_others) = figures.with_gaps(
        [chart_time(at) for at in lines.starts], numbers, rows
    )
    drawn = [
        Line(name="others", values=of_others, color="--c-other", width=1.25, times=times),
        Line(name="slice", values=of_slice, color="--measured", times=times),
    ]
    spans = []
    if incident is not None:
        end = min(window.end, incident.until)
        spans = [Span(incident.start, max(end, incident.start + timedelta(seconds=seconds)),
                      incident.severity)]  # fmt: skip
    axis = TimeAxis(window, time_axis.ticks(window, page_data.now, page_data.zone))
    return figures.lines(
        [chart_time(at) for at in lines.starts], drawn, axis=axis, least_top=0.1,
        usual=UsualLines(spans=spans),
    )  # fmt: skip
