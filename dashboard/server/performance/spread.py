"""How latency spreads: how many round trips took how long, over time."""

from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from analytics.stats.spread import spread_of
from dashboard.charts import heatmap, time_axis
from dashboard.core.numbers import count, figures, plural, with_unit
from dashboard.core.times import step
from dashboard.widgets.attributes import marked
from dashboard.widgets.drawn import Column, Drawn, Table, column
from dashboard.widgets.panel import Panel

from .data import Reading
from .latency import THRESHOLD_MS

PANEL = Panel(
    name="latency-spread",
    title="How latency spreads",
    explain=(
        "latency: round trips counted by how long they took. A row joins neighbouring buckets of "
        "the histogram (each 4 % wide), a column neighbouring steps; counts only add. Cells in "
        "which nothing was counted are blank."
    ),
    look="panel-full",
    has_chart=True,
    is_named_late=True,
)


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    answer, whole = reading.answer, reading.answer.latency
    starts = [point.t for point in answer.series]
    spread = spread_of(starts, answer.latency_counts, answer.step_seconds)
    per_column = [sum(n or 0 for n in cells) for cells in zip(*spread.counts, strict=True)]
    length = step(spread.seconds)
    return Drawn(
        unit=f"ms, count per {length} and bucket",
        body=heatmap.heat(
            spread,
            ticks=reading.ticks,
            limits=reading.limits,
            limit=(THRESHOLD_MS, f"limit {with_unit(f'{THRESHOLD_MS:g}', 'ms')}"),
            names=[(ms, name) for ms, name in ((whole.p50, "p50"), (whole.p95, "p95")) if ms],
        ),
        label=(
            f"How latency spreads: {plural(whole.n, 'round trip')} in {len(spread.starts)} "
            f"columns of {length}; most of all in one cell {count(spread.most)}."
        ),
        foot=[
            f"n = {plural(whole.n, 'round trip')} in {plural(len(spread.starts), 'column')}",
            "drag to zoom every panel",
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                *_columns(spread.edges_ms),
                column("n", "n", "count"),
            ],
            [
                [time_axis.plain(at), *(row[place] or 0 for row in spread.counts), total]
                for place, (at, total) in enumerate(zip(spread.starts, per_column, strict=True))
            ],
        ),
        legend=_scale(spread.most),
        is_empty=not whole.n,
        empty_words="No ping was answered in this range. The first goes out after 1 s.",
    )


def _scale(most: float) -> list[Component]:
    bar = html.Span(className="scale-bar", **marked({"aria-hidden": "true"}))
    return [html.Span(["0", bar, plural(round(most), "round trip")], className="legend-entry num")]


def _columns(edges_ms: list[float]) -> list[Column]:
    """One column a row of the figure; the lowest also holds what was shorter."""
    return [
        column(
            f"up_to_{high:g}_ms" if place == 0 else f"from_{low:g}_ms",
            f"under {with_unit(figures(high), 'ms')}" if place == 0 else _words(low, high),
            "count",
            "--q4",
            "bucket",
        )
        for place, (low, high) in enumerate(pairwise(edges_ms))
    ]


def _words(low_ms: float, high_ms: float) -> str:
    return f"{figures(low_ms)} to {with_unit(figures(high_ms), 'ms')}"
