"""The table under the charts: each series over the range, before, and the change."""

from dash import html
from dash.development.base_component import Component

from analytics.query import series_values
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
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

from .data import HistoryData
from .units import meaning_of, noun_of, unit_of

PANEL = Panel(
    name="history-summary",
    title="Over the range",
    explain=(
        "Counts are totals, gauges means over time, percentiles are of all durations, shares have "
        "Wilson's 95 % interval. A change is relative; of a share it is the difference in "
        "percentage points."
    ),
    css_class="panel-full panel-natural",
)
SeriesValues = series_values.ComputedSeries
HEADER = (
    "Series",
    "Measured by",
    "Statistic",
    "Over the range",
    "95 % interval",
    "Before",
    "Change",
)


def draw(history_data: HistoryData) -> PanelContent:
    """The content of the panel."""
    charted = list(history_data.history.series.values())
    comparison = (
        f"compared with {history_data.compared_to}"
        if history_data.has_before
        else "without comparison"
    )
    return PanelContent(
        unit=comparison,
        body=html.Div(
            plain_table.layout(
                (*HEADER, "n"),
                [_row(history_data, series_values) for series_values in charted],
                text_columns=3,
            ),
            className="over-range",
        ),
        foot=[plural(len(charted), "series", "series"), f"resolution {history_data.resolution}"],
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
            [_raw(history_data, series_values) for series_values in charted],
        ),
        is_empty=not charted,
        empty_text="No series selected.",
    )


def _row(history_data: HistoryData, series_values: SeriesValues) -> list[Component | str]:
    series, value = series_values.series, series_values.over_range
    format_value = unit_of(series).format_value
    earlier = _earlier(history_data, series_values)
    interval = ""
    if value.low is not None and value.high is not None:
        interval = f"{percent(value.low)} to {percent_text(value.high)}"
    return [
        series.title,
        series.source.value,
        meaning_of(series),
        DASH if value.value is None else format_value(value.value),
        interval or DASH,
        DASH if earlier is None else format_value(earlier),
        _change(series_values, earlier),
        html.Span(
            [
                count(value.n),
                html.Span(f" {noun_of(series)}{'' if value.n == 1 else 's'}", className="noun"),
            ]
        ),
    ]


def _raw(history_data: HistoryData, series_values: SeriesValues) -> list[object]:
    value, earlier = series_values.over_range, history_data.earlier(series_values.series)
    before = (earlier.over_range.value, earlier.over_range.n) if earlier else (None, None)
    series = series_values.series
    return [
        series.name, series.source.value, series.unit, value.value, value.low, value.high,
        before[0], value.n, before[1],
    ]  # fmt: skip


def _earlier(history_data: HistoryData, series_values: SeriesValues) -> float | None:
    earlier = history_data.earlier(series_values.series)
    return earlier.over_range.value if earlier else None


def _change(series_values: SeriesValues, earlier: float | None) -> str:
    value = series_values.over_range.value
    if value is None or earlier is None:
        return DASH
    if series_values.series.unit == "share":
        points = f"{100 * (value - earlier):+.2f}".replace("-", MINUS)
        return with_unit(points, "pt")
    return change(value / earlier - 1) if earlier else DASH
