"""The table under the charts: each series over the whole range, before, and the change."""

from dash import html
from dash.development.base_component import Component

from analytics.query.series_sums import Drawn as Series
from dashboard.core.numbers import (
    DASH,
    MINUS,
    change,
    count,
    percent,
    percent_text,
    plural,
    with_unit,
)
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel

from .data import Reading
from .units import meaning_of, noun_of, unit_of

PANEL = Panel(
    name="history-summary",
    title="Over the range",
    explain=(
        "Counts are totals, gauges means over time, percentiles those of all durations together, "
        "shares those of all trials with Wilson's 95 % interval. A change is relative; of a share "
        "it is the difference in points."
    ),
    look="panel-full panel-natural",
)
HEADER = ("Series", "Measured by", "What", "Over the range", "95 % interval", "Before", "Change")


def draw(reading: Reading) -> Drawn:
    """The panel for one reading."""
    shown = list(reading.history.drawn.values())
    words = f"beside {reading.compared_to}" if reading.has_before else "without comparison"
    return Drawn(
        unit=words,
        body=html.Div(
            plain_table.layout((*HEADER, "n"), [_row(reading, one) for one in shown], texts=3),
            className="over-range",
        ),
        foot=[plural(len(shown), "series", "series"), f"resolution {reading.resolution}"],
        table=Table(
            [
                column("series", "Series", "text"),
                column("source", "Measured by", "text"),
                column("unit", "Unit", "text"),
                column("value", "Over the range", "number"),
                column("low", "Low", "number"),
                column("high", "High", "number"),
                column("before", "Before", "number"),
                column("n", "n", "count"),
                column("n_before", "n before", "count"),
            ],
            [_raw(reading, one) for one in shown],
        ),
        is_empty=not shown,
        empty_words="No series is chosen.",
    )


def _row(reading: Reading, found: Series) -> list[Component | str]:
    series, value = found.series, found.over_range
    written = unit_of(series).written
    earlier = _earlier(reading, found)
    interval = ""
    if value.low is not None and value.high is not None:
        interval = f"{percent(value.low)} to {percent_text(value.high)}"
    return [
        series.title,
        series.source.value,
        meaning_of(series),
        DASH if value.value is None else written(value.value),
        interval or DASH,
        DASH if earlier is None else written(earlier),
        _change(found, earlier),
        html.Span(
            [
                count(value.n),
                html.Span(f" {noun_of(series)}{'' if value.n == 1 else 's'}", className="noun"),
            ]
        ),
    ]


def _raw(reading: Reading, found: Series) -> list[object]:
    value, earlier = found.over_range, reading.earlier(found.series)
    before = (earlier.over_range.value, earlier.over_range.n) if earlier else (None, None)
    series = found.series
    return [
        series.name, series.source.value, series.unit, value.value, value.low, value.high,
        before[0], value.n, before[1],
    ]  # fmt: skip


def _earlier(reading: Reading, found: Series) -> float | None:
    earlier = reading.earlier(found.series)
    return earlier.over_range.value if earlier else None


def _change(found: Series, earlier: float | None) -> str:
    value = found.over_range.value
    if value is None or earlier is None:
        return DASH
    if found.series.unit == "share":
        points = f"{100 * (value - earlier):+.2f}".replace("-", MINUS)
        return with_unit(points, "pt")
    return change(value / earlier - 1) if earlier else DASH
