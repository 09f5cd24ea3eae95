"""One panel of the History page: a series, or several of one unit on a shared axis."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime

from analytics.query import series_values
from analytics.query.series import PERCENTILES
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Line
from dashboard.core import url_state
from dashboard.core.numbers import plural
from dashboard.widgets import panel
from dashboard.widgets.drawn import Column, PanelContent, Table, column
from dashboard.widgets.panel import UNDRAWN, LegendEntry, Panel
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

from .data import HistoryData
from .units import Unit, noun_of, unit_of

EXPLAIN = (
    "Each point is one step: counts are sums, rates are per measured time, percentiles come from "
    "merged histograms, shares are ratios of sums. The dotted line is the period before, shifted "
    "onto this one. Gaps are steps without data."
)
CATEGORIES = tuple(f"--c{index}" for index in range(1, url_state.MOST_SERIES + 1))
SLOTS = range(url_state.MOST_SERIES)
DIMENSION_LABELS = DIMENSIONS | SERVER_DIMENSIONS
Values = list[float | None]
SeriesValues = series_values.ComputedSeries


def slot(index: int) -> Panel:
    """The frame of the panel at this index; the first is visible before any data."""
    return Panel(
        name=f"history-{index + 1}",
        title="" if index else "History",
        explain=EXPLAIN,
        css_class="panel-full panel-slot",
        has_chart=True,
        has_dynamic_title=True,
    )


def renderer(index: int) -> Callable[[HistoryData], PanelContent]:
    """The function that renders the panel at this index."""
    return lambda history_data: (
        _group_content(history_data, history_data.panels[index])
        if index < len(history_data.panels)
        else NOTHING
    )


NOTHING = PanelContent(
    unit="",
    body={"data": [], "layout": UNDRAWN | {"meta": {"ticks": []}}},
    foot=["", ""],
    table=Table([], []),
)


def _group_content(history_data: HistoryData, group: Sequence[SeriesValues]) -> PanelContent:
    unit = unit_of(group[0].series)
    steps = sorted({t for series_values in group for t, _ in series_values.points})
    now = [_values(series_values, steps) for series_values in group]
    before = [_before(history_data, series_values, steps) for series_values in group]
    seconds = history_data.history.step.seconds
    plain = [time_axis.chart_time(t) for t in steps]
    numbers = [round(t.timestamp() / seconds) for t in steps]
    times, gapped = figures.with_gaps(plain, numbers, [*_scaled(now, unit), *_scaled(before, unit)])
    lines = _lines(group, gapped, unit, has_before=history_data.has_before)
    title = _title(group)
    figure = figures.lines(
        times, lines, axis=history_data.axis,
        least_top=_least_top(gapped, unit), threshold=_limit(group, unit),
    )  # fmt: skip
    return PanelContent(
        unit=_unit(history_data, group, unit),
        body=figure,
        label=f"{title} over time: {'; '.join(map(_over_range, group))}.",
        foot=[
            ", ".join(map(_over_range, group)),
            _filter_note(history_data, group),
        ],
        table=Table(
            [
                column("time", "Time", "time"),
                *_columns(group, unit, has_before=history_data.has_before),
            ],
            _rows(group, plain, now, before, has_before=history_data.has_before),
        ),
        title=title,
        legend=panel.legend(_keys(group)),
        is_empty=not steps,
        empty_text=_empty_text(group),
        not_counted="" if steps else _not_counted(history_data, group),
    )


def _not_counted(history_data: HistoryData, group: Sequence[SeriesValues]) -> str:
    reasons = history_data.history.not_counted
    named = (computed.series.name for computed in group)
    return next((str(reasons[name]) for name in named if name in reasons), "")


def _values(series_values: SeriesValues, steps: Sequence[datetime]) -> Values:
    values_by_time = {t: value.value for t, value in series_values.points}
    return [values_by_time.get(t) for t in steps]


def _before(
    history_data: HistoryData, series_values: SeriesValues, steps: Sequence[datetime]
) -> Values:
    """The values of the period before, at the corresponding steps of this one."""
    earlier = history_data.earlier(series_values.series)
    if earlier is None or history_data.before is None:
        return [None] * len(steps)
    seconds = history_data.history.step.seconds
    length = (history_data.history.window.start - history_data.before.window.start).total_seconds()
    shift = round(length / seconds)
    values_by_step = {round(t.timestamp() / seconds) + shift: v.value for t, v in earlier.points}
    return [values_by_step.get(round(t.timestamp() / seconds)) for t in steps]


def _scaled(columns: list[Values], unit: Unit) -> list[Values]:
    return [[None if v is None else v * unit.factor for v in values] for values in columns]


def _lines(
    group: Sequence[SeriesValues], gapped: list[list[float | None]], unit: Unit, *, has_before: bool
) -> list[Line]:
    number, colors = len(group), _colors(group)
    lines = []
    if has_before:
        lines = [
            Line(
                name=f"{computed.series.title} before",
                values=values,
                color=colors[index] if number > 1 else "--previous",
                width=1.25,
                dash="1px,2.5px",
            )
            for index, (computed, values) in enumerate(zip(group, gapped[number:], strict=True))
        ]
    for index, (computed, values) in enumerate(zip(group, gapped[:number], strict=True)):
        last = next((value for value in reversed(values) if value is not None), None)
        value_text = unit.format_value(last / unit.factor) if last is not None else ""
        name = f"{computed.series.variant} {value_text}" if _is_single_metric(group) else value_text
        lines.append(
            Line(
                name=computed.series.title,
                values=values,
                color=colors[index],
                label=html.escape(name),
                fill=number == 1 and not computed.series.variant.startswith("p"),
            )
        )
    return lines


def _colors(group: Sequence[SeriesValues]) -> Sequence[str]:
    """Percentiles of one metric are one hue in three depths; else a colour for each series."""
    if len(group) == 1:
        return ["--measured"]
    if _is_single_metric(group):
        return [f"--{computed.series.aggregation}" for computed in group]
    return CATEGORIES


def _keys(group: Sequence[SeriesValues]) -> list[LegendEntry]:
    measured = [
        LegendEntry(
            name=f"{series_values.series.title}, {series_values.series.source}", color=color
        )
        for series_values, color in zip(group, _colors(group), strict=False)
    ]
    before = "--previous" if len(group) == 1 else "--ink-3"
    return [
        *(measured if len(group) > 1 else []),
        LegendEntry(name="before", color=before, kind="dots"),
    ]


def _is_single_metric(group: Sequence[SeriesValues]) -> bool:
    """Whether these are percentiles of one metric."""
    metrics = {
        (series_values.series.source, series_values.series.metric) for series_values in group
    }
    return len(metrics) == 1 and all(
        series_values.series.aggregation in PERCENTILES for series_values in group
    )


def _title(group: Sequence[SeriesValues]) -> str:
    if len(group) == 1:
        return group[0].series.title
    return " and ".join(dict.fromkeys(series_values.series.label for series_values in group))


def _unit(history_data: HistoryData, group: Sequence[SeriesValues], unit: Unit) -> str:
    sources = " and ".join(
        dict.fromkeys(series_values.series.source.value for series_values in group)
    )
    return f"{unit.label}, {sources}, {history_data.per_step}"


def _limit(group: Sequence[SeriesValues], unit: Unit) -> tuple[float, str] | None:
    limits = {series_values.series.threshold for series_values in group} - {None}
    if len(limits) != 1:
        return None
    value = limits.pop() or 0.0
    return value * unit.factor, f"limit {unit.format_value(value)}"


def _least_top(gapped: list[list[float | None]], unit: Unit) -> float:
    highest = max((v for values in gapped for v in values if v is not None), default=0)
    return highest or unit.least_top


def _over_range(series_values: SeriesValues) -> str:
    value = series_values.over_range
    if value.value is None:
        return f"{series_values.series.title}: no data"
    value_text = unit_of(series_values.series).format_value(value.value)
    n = plural(value.n, noun_of(series_values.series))
    return f"{series_values.series.title} {value_text} (n = {n})"


def _filter_note(history_data: HistoryData, group: Sequence[SeriesValues]) -> str:
    """Names the filters of the page that do not apply to series of this panel."""
    pairs = [
        (series_values.series.source.value, name)
        for series_values in group
        for name in history_data.inapplicable_filters(series_values.series)
    ]
    sources = " and ".join(dict.fromkeys(source for source, _ in pairs))
    names = dict.fromkeys(DIMENSION_LABELS[name].lower() for _, name in pairs)
    return f"{sources} series are not filtered by {' or '.join(names)}" if pairs else ""


def _empty_text(group: Sequence[SeriesValues]) -> str:
    titles = " or ".join(series_values.series.title for series_values in group)
    return f"{titles}: no data in this range. {group[0].series.help}"


def _columns(group: Sequence[SeriesValues], unit: Unit, *, has_before: bool) -> list[Column]:
    columns = []
    for series, color in zip((member.series for member in group), _colors(group), strict=False):
        columns.append(column(series.name, series.title, unit.kind, color))
        if has_before:
            before = color if len(group) > 1 else "--previous"
            label = "Before" if len(group) == 1 else f"{series.title} before"
            columns.append(column(f"{series.name}_before", label, unit.kind, before, "dots"))
    return [
        *columns,
        *(column(f"{member.series.name}_n", _n(member, group), "count") for member in group),
    ]


def _n(series_values: SeriesValues, group: Sequence[SeriesValues]) -> str:
    noun = noun_of(series_values.series) + "s"
    return f"n, {noun}" if len(group) == 1 else f"n, {series_values.series.title}"


def _rows(
    group: Sequence[SeriesValues], times: list[str], now: list[Values], before: list[Values],
    *, has_before: bool,
) -> list[list[object]]:  # fmt: skip
    counts = [
        {time_axis.chart_time(t): value.n for t, value in series_values.points}
        for series_values in group
    ]
    rows: list[list[object]] = []
    for index, time in enumerate(times):
        row: list[object] = [time]
        for values, earlier in zip(now, before, strict=True):
            row += [values[index], earlier[index]] if has_before else [values[index]]
        rows.append([*row, *(counts_by_time.get(time) for counts_by_time in counts)])
    return rows
