"""The panel of a duration: p50, p95 and p99 over time, beside the p95 of the period before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dashboard.charts import bands, figures
from dashboard.charts.annotations import Figure, Line, Values
from dashboard.charts.time_axis import TimeAxis
from dashboard.core.numbers import duration_text, plural, with_unit
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry

LEGEND = (
    LegendEntry(name="p50 to p95", color="--measured-soft", kind="block"),
    LegendEntry(name="p95 before", color="--previous", kind="dots"),
)


class Percentiles(Protocol):
    """Percentiles in ms of `n` durations; `None` without any."""

    @property
    def n(self) -> int: ...
    @property
    def p50(self) -> float | None: ...
    @property
    def p95(self) -> float | None: ...
    @property
    def p99(self) -> float | None: ...


class PercentilesOverRange(Percentiles, Protocol):
    """With the mean in ms."""

    @property
    def mean(self) -> float | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileSeries:
    """What a panel of percentiles draws.

    `points` and `before` (p95 in ms of the period before; `None` without a comparison) are those at
    the steps of `axis`. A percentile is drawn from `least_p95`, `least_p99` durations per step on:
    of fewer it is their maximum. `threshold` is in ms. `no_data` names a wide gap.
    """

    title: str
    noun: str
    unit: str
    axis: TimeAxis
    points: Sequence[Percentiles]
    over_range: PercentilesOverRange
    before: Values | None = None
    least_p95: int = 1
    least_p99: int = 1
    least_top: float = 10
    threshold: float | None = None
    no_data: str = "no samples"
    remark: str = ""
    empty_text: str = ""


def draw(series: PercentileSeries) -> PanelContent:
    """The content of the panel."""
    total = series.over_range
    p50, p95, p99 = (duration_text(value) for value in (total.p50, total.p95, total.p99))
    return PanelContent(
        unit=series.unit,
        body=_figure(series),
        label=f"{series.title} over time: p50 {p50}, p95 {p95}, p99 {p99} over the range.",
        foot=[
            f"p95 over the range {p95} (n = {plural(total.n, series.noun)}), "
            f"mean {duration_text(total.mean)}",
            series.remark,
        ],
        table=_table(series),
        is_empty=not total.n,
        empty_text=series.empty_text,
    )


def _figure(series: PercentileSeries) -> Figure:
    axis = series.axis
    columns = [
        [p.p50 for p in series.points],
        [p.p95 if p.n >= series.least_p95 else None for p in series.points],
        [p.p99 if p.n >= series.least_p99 else None for p in series.points],
        *([series.before] if series.before is not None else []),
    ]
    times, (p50, p95, p99, *before) = figures.with_gaps(axis.times, axis.steps, columns)
    previous = [
        Line(name="p95 before", values=values, color="--previous", width=1.25, dash="1px,2.5px")
        for values in before
    ]
    figure = figures.lines(
        times,
        [
            *previous,
            Line(name="p99", values=p99, color="--p99", width=1.25, label=_label("p99", p99)),
            Line(name="p50", values=p50, color="--p50", width=1.5, label=_label("p50", p50)),
            Line(name="p95", values=p95, color="--p95", label=_label("p95", p95)),
        ],
        axis=axis,
        least_top=series.least_top,
        threshold=_threshold(series),
        notes=[(at, series.no_data) for at in axis.wide_gaps()],
    )
    figure["data"].insert(0, bands.band(times, p50, p95))
    return figure


def _label(name: str, values: Values) -> str:
    """The name of a line with its last value."""
    last = next((value for value in reversed(values) if value is not None), None)
    return f"{name} {duration_text(last)}"


def _threshold(series: PercentileSeries) -> tuple[float, str] | None:
    if series.threshold is None:
        return None
    return series.threshold, f"limit {with_unit(f'{series.threshold:g}', 'ms')}"


def _table(series: PercentileSeries) -> Table:
    has_before = series.before is not None
    before = series.before if series.before is not None else [None] * len(series.points)
    columns = [
        column("time", "Time", "time"),
        column("p99_ms", "p99", "ms", "--p99", "thin"),
        column("p95_ms", "p95", "ms", "--p95", "line"),
        column("p50_ms", "p50", "ms", "--p50", "thin"),
        *([column("p95_before_ms", "p95 before", "ms", "--previous", "dots")] * has_before),
        column("n", "n", "count"),
    ]
    rows: list[list[object]] = [
        [time, p.p99, p.p95, p.p50, *([earlier] * has_before), p.n]
        for time, p, earlier in zip(series.axis.times, series.points, before, strict=True)
    ]
    return Table(columns, rows)
