"""One panel of the History page: a series, or several of one unit on a shared axis."""

import html
from collections.abc import Callable, Sequence
from datetime import datetime

from analytics.query.series import PERCENTILES
from analytics.query.series_sums import Drawn as Series
from dashboard.charts import figures, time_axis
from dashboard.charts.annotations import Line
from dashboard.core import url_state
from dashboard.core.numbers import plural
from dashboard.widgets import panel
from dashboard.widgets.drawn import Column, Drawn, Table, column
from dashboard.widgets.panel import UNDRAWN, Key, Panel
from models.metrics.client_catalogue import DIMENSIONS, SERVER_DIMENSIONS

from .data import Reading
from .units import Unit, noun_of, unit_of

EXPLAIN = (
    "Each point is one step. Counts add up over it, rates are over the time that was measured, "
    "percentiles come from merged histograms, shares are of sums; the time axis is that of the "
    "range, and what is dotted is the period before, laid over it. Gaps are steps without data."
)
CATEGORIES = tuple(f"--c{place}" for place in range(1, url_state.MOST_SERIES + 1))
PLACES = range(url_state.MOST_SERIES)
NAMES = DIMENSIONS | SERVER_DIMENSIONS
Values = list[float | None]


def slot(place: int) -> Panel:
    """The frame of the panel at this place; the first stands before any data."""
    return Panel(
        name=f"history-{place + 1}",
        title="" if place else "History",
        explain=EXPLAIN,
        look="panel-full panel-slot",
        has_chart=True,
        is_named_late=True,
    )


def drawer(place: int) -> Callable[[Reading], Drawn]:
    """The function that draws the panel at this place."""
    return lambda reading: (
        _drawn(reading, reading.panels[place]) if place < len(reading.panels) else NOTHING
    )


NOTHING = Drawn(
    unit="",
    body={"data": [], "layout": UNDRAWN | {"meta": {"ticks": []}}},
    foot=["", ""],
    table=Table([], []),
)


def _drawn(reading: Reading, shown: Sequence[Series]) -> Drawn:
    unit = unit_of(shown[0].series)
    steps = sorted({t for found in shown for t, _ in found.points})
    now = [_values(found, steps) for found in shown]
    before = [_before(reading, found, steps) for found in shown]
    seconds = reading.history.step.seconds
    plain = [time_axis.plain(t) for t in steps]
    numbers = [round(t.timestamp() / seconds) for t in steps]
    times, gapped = figures.with_gaps(plain, numbers, [*_scaled(now, unit), *_scaled(before, unit)])
    lines = _lines(shown, gapped, unit, has_before=reading.has_before)
    title = _title(shown)
    figure = figures.lines(
        times, lines, ticks=reading.ticks, limits=reading.limits,
        top=figures.room_above(gapped, _least_top(gapped, unit)), threshold=_limit(shown, unit),
    )  # fmt: skip
    figure["layout"]["margin"]["r"] = 88
    return Drawn(
        unit=_unit(reading, shown, unit),
        body=figure,
        label=f"{title} over time: {'; '.join(_over_range(found) for found in shown)}.",
        foot=[
            ", ".join(_over_range(found) for found in shown),
            _unfiltered(reading, shown) or reading.history.note,
        ],
        table=Table(
            [column("time", "Time", "time"), *_columns(shown, unit, has_before=reading.has_before)],
            _rows(shown, plain, now, before, has_before=reading.has_before),
        ),
        title=title,
        legend=panel.legend(_keys(shown)),
        is_empty=not steps,
        empty_words=_empty_words(shown),
    )


def _values(found: Series, steps: Sequence[datetime]) -> Values:
    known = {t: value.value for t, value in found.points}
    return [known.get(t) for t in steps]


def _before(reading: Reading, found: Series, steps: Sequence[datetime]) -> Values:
    """The period before, laid over the steps of this one."""
    earlier = reading.earlier(found.series)
    if earlier is None or reading.before is None:
        return [None] * len(steps)
    seconds = reading.history.step.seconds
    length = (reading.history.window.start - reading.before.window.start).total_seconds()
    shift = round(length / seconds)
    known = {round(t.timestamp() / seconds) + shift: v.value for t, v in earlier.points}
    return [known.get(round(t.timestamp() / seconds)) for t in steps]


def _scaled(columns: list[Values], unit: Unit) -> list[Values]:
    return [[None if v is None else v * unit.factor for v in values] for values in columns]


def _lines(
    shown: Sequence[Series], gapped: list[list[float | None]], unit: Unit, *, has_before: bool
) -> list[Line]:
    number, colors = len(shown), _colors(shown)
    made = []
    if has_before:
        made = [
            Line(
                name=f"{found.series.title} before",
                values=values,
                color=colors[place] if number > 1 else "--previous",
                width=1.25,
                dash="1px,2.5px",
            )
            for place, (found, values) in enumerate(zip(shown, gapped[number:], strict=True))
        ]
    for place, (found, values) in enumerate(zip(shown, gapped[:number], strict=True)):
        last = next((value for value in reversed(values) if value is not None), None)
        written = unit.written(last / unit.factor) if last is not None else ""
        name = f"{found.series.variant} {written}" if _is_one_metric(shown) else written
        made.append(
            Line(
                name=found.series.title,
                values=values,
                color=colors[place],
                label=html.escape(name),
                fill=number == 1 and not found.series.variant.startswith("p"),
            )
        )
    return made


def _colors(shown: Sequence[Series]) -> Sequence[str]:
    """Percentiles of one metric are one hue in three depths; else a colour for each series."""
    if len(shown) == 1:
        return ["--measured"]
    if _is_one_metric(shown):
        return [f"--{found.series.aggregation}" for found in shown]
    return CATEGORIES


def _keys(shown: Sequence[Series]) -> list[Key]:
    measured = [
        Key(name=f"{found.series.title}, {found.series.source}", color=color)
        for found, color in zip(shown, _colors(shown), strict=False)
    ]
    before = "--previous" if len(shown) == 1 else "--ink-3"
    return [*(measured if len(shown) > 1 else []), Key(name="before", color=before, kind="dots")]


def _is_one_metric(shown: Sequence[Series]) -> bool:
    """Whether these are percentiles of one metric."""
    metrics = {(found.series.source, found.series.metric) for found in shown}
    return len(metrics) == 1 and all(found.series.aggregation in PERCENTILES for found in shown)


def _title(shown: Sequence[Series]) -> str:
    if len(shown) == 1:
        return shown[0].series.title
    return " and ".join(dict.fromkeys(found.series.label for found in shown))


def _unit(reading: Reading, shown: Sequence[Series], unit: Unit) -> str:
    sources = " and ".join(dict.fromkeys(found.series.source.value for found in shown))
    return f"{unit.words}, {sources}, {reading.per_step}"


def _limit(shown: Sequence[Series], unit: Unit) -> tuple[float, str] | None:
    limits = {found.series.threshold for found in shown} - {None}
    if len(limits) != 1:
        return None
    value = limits.pop() or 0.0
    return value * unit.factor, f"limit {unit.written(value)}"


def _least_top(gapped: list[list[float | None]], unit: Unit) -> float:
    highest = max((v for values in gapped for v in values if v is not None), default=0)
    return highest or unit.least_top


def _over_range(found: Series) -> str:
    value = found.over_range
    if value.value is None:
        return f"{found.series.title}: nothing"
    written = unit_of(found.series).written(value.value)
    return f"{found.series.title} {written} (n = {plural(value.n, noun_of(found.series))})"


def _unfiltered(reading: Reading, shown: Sequence[Series]) -> str:
    names = {name for found in shown for name in reading.unfiltered(found.series)}
    words = " or ".join(NAMES[name].lower() for name in NAMES if name in names)
    return f"servers and browsers do not share this filter: not by {words}" if words else ""


def _empty_words(shown: Sequence[Series]) -> str:
    titles = " or ".join(found.series.title for found in shown)
    return f"{titles}: nothing was measured in this range. {shown[0].series.help}"


def _columns(shown: Sequence[Series], unit: Unit, *, has_before: bool) -> list[Column]:
    found = []
    for series, color in zip((one.series for one in shown), _colors(shown), strict=False):
        found.append(column(series.name, series.title, unit.kind, color))
        if has_before:
            before = color if len(shown) > 1 else "--previous"
            words = "Before" if len(shown) == 1 else f"{series.title} before"
            found.append(column(f"{series.name}_before", words, unit.kind, before, "dots"))
    return [*found, *(column(f"{one.series.name}_n", _n(one, shown), "count") for one in shown)]


def _n(found: Series, shown: Sequence[Series]) -> str:
    noun = noun_of(found.series) + "s"
    return f"n, {noun}" if len(shown) == 1 else f"n, {found.series.title}"


def _rows(
    shown: Sequence[Series], times: list[str], now: list[Values], before: list[Values],
    *, has_before: bool,
) -> list[list[object]]:  # fmt: skip
    counts = [{time_axis.plain(t): value.n for t, value in found.points} for found in shown]
    rows: list[list[object]] = []
    for place, time in enumerate(times):
        row: list[object] = [time]
        for values, earlier in zip(now, before, strict=True):
            row += [values[place], earlier[place]] if has_before else [values[place]]
        rows.append([*row, *(known.get(time) for known in counts)])
    return rows
