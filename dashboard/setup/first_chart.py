"""The last step: the first chart of the app that was set up, once it has reports."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.client_answers import Summary
from analytics.reports.reports import Reports
from dashboard.charts import figures
from dashboard.charts.annotations import Bar
from dashboard.charts.time_axis import TimeAxis, chart_time
from dashboard.core import addresses, times
from dashboard.core.numbers import count, plural
from dashboard.widgets.drawn import PanelContent, Table
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link

LENGTH = timedelta(minutes=15)
STEP_SECONDS = 60
PANEL = Panel(
    name="setup-first",
    title="First chart: reports by minute",
    explain="Reports that were stored in the last 15 minutes, by the minute in which their period "
    "ended. Cells of a minute are made within ten seconds.",
    css_class="panel-wide panel-full",
    has_chart=True,
)


def read(reports: Reports, app: str, now: datetime) -> Summary:
    """The summary of the last minutes of an app. Raises `DatabaseAway`."""
    window = TimeRange(now.replace(second=0, microsecond=0) - LENGTH, now)
    return reports.summary(window, Filters(app=app))


def draw(summary: Summary, app: str, now: datetime, zone: ZoneInfo) -> PanelContent:
    """The content of the panel; empty until there is a report."""
    axis = TimeAxis.over(TimeRange(summary.start, summary.end), now, zone)
    starts = [chart_time(point.t) for point in summary.series]
    values = [point.reports for point in summary.series]
    figure = figures.bars(
        starts, [Bar(name="reports", color="--measured", values=values)],
        axis=axis, step_seconds=STEP_SECONDS,
    )  # fmt: skip
    rows: list[list[Any]] = [[point.t.isoformat(), point.reports] for point in summary.series]
    address = f"{addresses.CLIENT}?range=1h&app={app}"
    return PanelContent(
        unit=f"reports a minute, {zone.key}",
        body=figure,
        foot=[
            f"n = {plural(summary.reports, 'report')}, {summary.sessions or 0} sessions",
            html.Span(["to ", times.clock(now, now, zone), " · ", link(f"Open {app}", address)]),
        ],
        table=Table(
            [
                {"key": "t", "label": "Time", "kind": "time"},
                {"key": "reports", "label": "Reports", "kind": "count"},
            ],
            rows,
        ),
        label=f"{count(summary.reports)} reports of {app} within 15 minutes",
        is_empty=not summary.reports,
        empty_text=_reason(summary, app),
    )


def _reason(summary: Summary, app: str) -> str:
    """Why there is nothing to draw."""
    names = ", ".join(summary.automated_sessions or {})
    if names:
        return f"Automated checks alone reported ({names}): they stand in no figure of people."
    return f"The first report of {app} draws here within a minute."
