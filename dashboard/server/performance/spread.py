"""The distribution of latency over time, as a heatmap of round trips."""

from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from analytics.stats.spread import spread_of
from dashboard.charts import heatmap, time_axis
from dashboard.core.numbers import count, figures, plural, with_unit
from dashboard.core.times import step
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import Column, PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import PerformanceData
from .latency import THRESHOLD_MS

PANEL = Panel(
    name="latency-spread",
    title="Latency distribution",
    explain=(
        "latency: round trips counted by duration. A row sums neighbouring buckets of the "
        "histogram (each 4 % wide), a column neighbouring steps. Empty cells are blank."
    ),
    css_class="panel-full",
    has_chart=True,
    has_dynamic_title=True,
)


def draw(performance_data: PerformanceData) -> PanelContent:
    """The content of the panel."""
    latency = performance_data.current.latency
    spread = spread_of(performance_data.durations["latency"], performance_data.zone)
    per_column = [sum(n or 0 for n in cells) for cells in zip(*spread.counts, strict=True)]
    length = step(spread.seconds)
    return PanelContent(
        unit=f"ms, count per {length} and bucket",
        body=heatmap.heat(
            spread,
            axis=performance_data.axis,
            limit=(THRESHOLD_MS, f"limit {with_unit(f'{THRESHOLD_MS:g}', 'ms')}"),
            names=[(ms, name) for ms, name in ((latency.p50, "p50"), (latency.p95, "p95")) if ms],
        ),
        label=(
            f"Latency distribution: {plural(latency.n, 'round trip')} in {len(spread.starts)} "
            f"columns of {length}; at most {count(spread.largest)} per cell."
        ),
        foot=[
            f"n = {plural(latency.n, 'round trip')} in {plural(len(spread.starts), 'column')}",
            "drag to zoom every panel",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                *_columns(spread.edges_ms),
                column("n", "n", "count"),
            ],
            [
                [time_axis.chart_time(at), *(row[index] or 0 for row in spread.counts), total]
                for index, (at, total) in enumerate(zip(spread.starts, per_column, strict=True))
            ],
        ),
        legend=_scale(spread.largest),
        is_empty=not latency.n,
        empty_text="No ping was answered in this range. The first is sent after 1 s.",
    )


def _scale(most: float) -> list[Component]:
    bar = html.Span(className="scale-bar", **html_attributes({"aria-hidden": "true"}))
    return [html.Span(["0", bar, plural(round(most), "round trip")], className="legend-entry num")]


def _columns(edges_ms: list[float]) -> list[Column]:
    """One column per row of the heatmap; the lowest also counts shorter durations."""
    return [
        column(
            f"up_to_{high:g}_ms" if index == 0 else f"from_{low:g}_ms",
            f"under {with_unit(figures(high), 'ms')}" if index == 0 else _bucket_label(low, high),
            "count",
            "--q4",
            "bucket",
        )
        for index, (low, high) in enumerate(pairwise(edges_ms))
    ]


def _bucket_label(low_ms: float, high_ms: float) -> str:
    return f"{figures(low_ms)} to {with_unit(figures(high_ms), 'ms')}"
