"""The chart of round trips: p50, p95 and p99 over time, beside the period before."""

from itertools import pairwise

from analytics.reports.client_answers import Point
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Figure, Line
from dashboard.core.numbers import count, duration_text, plural, with_unit
from dashboard.page.data import shifted
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from models.metrics.client_catalogue import METRICS

from .data import OverviewData

PANEL = Panel(
    name="round-trip",
    title="Round trip",
    explain=(
        "latency_ms: from sending an application message to its reply, measured in the browser. "
        "Percentiles come from merged histograms (error at most 2 %); the browser's own pings and "
        "times while the tab was hidden are left out."
    ),
    css_class="panel-wide",
    has_chart=True,
    legend=(
        LegendEntry(name="p99", color="--p99", kind="thin"),
        LegendEntry(name="p95", color="--p95"),
        LegendEntry(name="p50", color="--p50", kind="thin"),
        LegendEntry(name="p95 before", color="--previous", kind="dots"),
    ),
)
THRESHOLD_MS = METRICS["latency_ms"].threshold or 200.0
# With fewer samples the percentile is their maximum: one slow round trip would draw a peak.
LEAST_FOR_P95, LEAST_FOR_P99 = 20, 100
GAP_STEPS = 3
MOST_GAPS = 3


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    latency = overview_data.current.latency_ms
    before = _before(overview_data)
    return PanelContent(
        unit=f"ms, {overview_data.per_step}",
        body=_figure(overview_data, before),
        label=_label(overview_data),
        foot=[
            f"p95 over the range {duration_text(latency.p95)} "
            f"(n = {plural(latency.n, 'round trip')}), mean {duration_text(latency.mean)}",
            f"p95 from {LEAST_FOR_P95}, p99 from {LEAST_FOR_P99} round trips per step",
        ],
        table=_table(overview_data, before),
        is_empty=latency.n == 0,
    )


def _figure(overview_data: OverviewData, before: list[float | None]) -> Figure:
    series = overview_data.current.series
    columns = [
        [p.p99 if p.n >= LEAST_FOR_P99 else None for p in series],
        [p.p95 if p.n >= LEAST_FOR_P95 else None for p in series],
        [p.p50 for p in series],
        before,
    ]
    times, opened = figures.with_gaps(overview_data.times, overview_data.steps, columns)
    p99, p95, p50, earlier = opened
    top = figures.axis_top([p99, earlier], 10)
    drawn = [
        Line(name="p95 before", values=earlier, color="--previous", width=1.25, dash="1px,2.5px"),
        Line(name="p99", values=p99, color="--p99", width=1.25, label=_last("p99", series)),
        Line(
            name="p95",
            values=p95,
            color="--p95",
            width=2,
            label=_last("p95", series),
            fill=True,
        ),
        Line(name="p50", values=p50, color="--p50", width=1.5, label=_last("p50", series)),
    ]
    return figures.lines(
        times,
        drawn,
        ticks=overview_data.ticks,
        limits=overview_data.limits,
        top=top,
        threshold=(THRESHOLD_MS, f"limit {with_unit(f'{THRESHOLD_MS:g}', 'ms')}"),
        notes=_gaps(overview_data),
    )


def _before(overview_data: OverviewData) -> list[float | None]:
    """The p95 of the period before at the same offset from its start; `None` where missing."""
    return shifted(
        overview_data.current,
        overview_data.before,
        lambda p: p.p95 if p.n >= LEAST_FOR_P95 else None,
    )


def _gaps(overview_data: OverviewData) -> list[tuple[str, str]]:
    """(time, text) in the middle of the widest gaps of the series."""
    series, step = overview_data.current.series, overview_data.current.step_seconds
    gaps = []
    for first, second in pairwise(series):
        missing = round((second.t - first.t).total_seconds() / step) - 1
        if missing >= max(GAP_STEPS, 0.04 * overview_data.window.length.total_seconds() / step):
            gaps.append((missing, first.t + (second.t - first.t) / 2))
    widest = sorted(gaps, reverse=True)[:MOST_GAPS]
    return [(time_axis.chart_time(at), "no reports") for _, at in widest]


def _last(name: str, series: list[Point]) -> str:
    last = next((getattr(p, name) for p in reversed(series) if getattr(p, name) is not None), None)
    return f"{name}  {count(last)}" if last is not None else ""


def _label(overview_data: OverviewData) -> str:
    latency = overview_data.current.latency_ms
    return (
        f"Round trips over time: p50 {duration_text(latency.p50)}, p95 "
        f"{duration_text(latency.p95)}, p99 {duration_text(latency.p99)} over the range."
    )


def _table(overview_data: OverviewData, before: list[float | None]) -> Table:
    columns = [
        column("time", "Time", "time"),
        column("p99_ms", "p99", "ms", "--p99", "thin"),
        column("p95_ms", "p95", "ms", "--p95", "line"),
        column("p50_ms", "p50", "ms", "--p50", "thin"),
        column("p95_before_ms", "p95 before", "ms", "--previous", "dots"),
        column("n", "n", "count"),
    ]
    rows = [
        [time, p.p99, p.p95, p.p50, earlier, p.n]
        for time, p, earlier in zip(
            overview_data.times, overview_data.current.series, before, strict=True
        )
    ]
    return Table(columns, rows)
