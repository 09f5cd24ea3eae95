"""One panel of the History page: a series, or several of one unit on a shared axis."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime

from analytics.anomalies import naming
from analytics.query import series_values
from analytics.query.series import PERCENTILES
from dashboard.charts import figures, percentile_notes, time_axis
from dashboard.charts.annotations import Line
from dashboard.charts.usual_range import NO_USUAL, UsualLines
from dashboard.core import url_state
from dashboard.core.numbers import plural
from dashboard.core.url_state import FILTER_LABELS
from dashboard.widgets import panel
from dashboard.widgets.drawn import Column, PanelContent, Table, column
from dashboard.widgets.panel import UNDRAWN, USUAL_ENTRY, LegendEntry, Panel

from . import lines
from .data import HistoryData
from .lines import SeriesLine
from .units import Unit, noun_of, unit_of

EXPLAIN = (
    "Each point is one step: counts are sums, rates are per measured time, percentiles come from "
    "merged histograms, shares are ratios of sums. The dotted line is the period before, shifted "
    f"onto this one. Gaps are steps without data. {percentile_notes.RULE}"
)
CATEGORIES = tuple(f"--c{index}" for index in range(1, url_state.MOST_SERIES + 1))
SLOTS = range(url_state.MOST_SERIES)
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
    now = [lines.current(history_data, computed) for computed in group]
    before = (
        [
            lines.before(history_data, computed, line)
            for computed, line in zip(group, now, strict=True)
        ]
        if history_data.has_before
        else []
    )
    drawn = _lines(group, now, before, unit)
    title = _title(group)
    figure = figures.lines(
        [time_axis.chart_time(t) for t in steps], drawn, axis=history_data.axis,
        least_top=_least_top(drawn, unit), threshold=_limit(group, unit),
        usual=_usual(history_data, group, unit),
    )  # fmt: skip
    over_range, step_notes = ", ".join(map(_over_range, group)), _step_notes(group, now, before)
    return PanelContent(
        unit=_unit(history_data, group, unit),
        body=percentile_notes.explained(figure, (line.percentile for line in now)),
        label=f"{title} over time: {'; '.join(map(_over_range, group))}.",
        foot=[over_range, "; ".join(filter(None, [step_notes, _filter_note(history_data, group)]))],
        table=Table(
            [
                column("time", "Time", "time"),
                *_columns(group, unit, has_before=history_data.has_before),
            ],
            _rows(group, steps, now, before),
        ),
        title=title,
        legend=panel.legend(_keys(group)),
        is_empty=not steps,
        empty_text=_empty_text(group),
        not_counted="" if steps else _not_counted(history_data, group),
    )


def _usual(history_data: HistoryData, group: Sequence[SeriesValues], unit: Unit) -> UsualLines:
    """The band of a series that is drawn by itself as it is judged; several bands on one axis would
    hide one another."""
    series = group[0].series
    source = series.source.value
    if len(group) > 1 or naming.series_of(source, series.metric) != series:
        return NO_USUAL
    return history_data.usual.lines(source, series.metric, unit.factor)


def _not_counted(history_data: HistoryData, group: Sequence[SeriesValues]) -> str:
    reasons = history_data.history.not_counted
    named = (computed.series.name for computed in group)
    return next((str(reasons[name]) for name in named if name in reasons), "")


def _step_notes(
    group: Sequence[SeriesValues], now: Sequence[SeriesLine], before: Sequence[SeriesLine]
) -> str:
    """What is to be said of the steps of percentiles; of those before where they differ."""
    titles = [computed.series.title for computed in group]
    earlier = {
        f"{title} before": line
        for title, line, current in zip(titles, before, now, strict=False)
        if not line.has_steps_of(current)
    }
    return lines.notes(dict(zip(titles, now, strict=True)) | earlier)


def _lines(
    group: Sequence[SeriesValues], now: Sequence[SeriesLine], before: Sequence[SeriesLine],
    unit: Unit,
) -> list[Line]:  # fmt: skip
    colors = _colors(group)
    earlier = [
        Line(
            name=f"{computed.series.title} before",
            times=line.times,
            values=_scaled(line, unit),
            color=colors[index] if len(group) > 1 else "--previous",
            width=1.25,
            dash="1px,2.5px",
        )
        for index, (computed, line) in enumerate(zip(group, before, strict=False))
    ]
    return earlier + [
        Line(
            name=computed.series.title,
            times=line.times,
            values=_scaled(line, unit),
            color=colors[index],
            label=html.escape(_label(group, computed, line, unit)),
            fill=len(group) == 1 and not computed.series.variant.startswith("p"),
        )
        for index, (computed, line) in enumerate(zip(group, now, strict=True))
    ]


def _label(
    group: Sequence[SeriesValues], computed: SeriesValues, line: SeriesLine, unit: Unit
) -> str:
    """The last value, named where percentiles of one metric share the axis."""
    text = "" if line.last is None else unit.format_value(line.last)
    return f"{computed.series.variant} {text}" if _is_single_metric(group) else text


def _scaled(line: SeriesLine, unit: Unit) -> list[float | None]:
    return [None if value is None else value * unit.factor for value in line.drawn]


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
        *(measured if len(group) > 1 else [USUAL_ENTRY]),
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


def _least_top(drawn: Sequence[Line], unit: Unit) -> float:
    highest = max((v for line in drawn for v in line.values if v is not None), default=0)
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
    names = dict.fromkeys(FILTER_LABELS[name].lower() for _, name in pairs)
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
    group: Sequence[SeriesValues], steps: Sequence[datetime], now: Sequence[SeriesLine],
    before: Sequence[SeriesLine],
) -> list[list[object]]:  # fmt: skip
    counts = [{t: value.n for t, value in computed.points} for computed in group]
    rows: list[list[object]] = []
    for step in steps:
        row: list[object] = [time_axis.chart_time(step)]
        for index, line in enumerate(now):
            row.append(line.values.get(step))
            row += [earlier.values.get(step) for earlier in before[index : index + 1]]
        rows.append([*row, *(n_by_step.get(step) for n_by_step in counts)])
    return rows
