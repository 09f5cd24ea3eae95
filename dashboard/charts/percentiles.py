"""The panel of a duration: p50, p95 and p99 over time, beside the p95 of the period before."""

from dataclasses import dataclass, replace

from analytics.stats.estimates import Durations
from analytics.stats.percentile_lines import P50, P95, P99, PercentileLine, Percentiles
from dashboard.charts import bands, figures, percentile_notes
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.percentile_notes import NamedLine
from dashboard.charts.time_axis import TimeAxis
from dashboard.charts.usual_range import NO_USUAL, UsualLines
from dashboard.core.numbers import (
    duration_text,
    in_sessions,
    largest_session_text,
    plural,
    with_unit,
)
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry

LEGEND = (
    LegendEntry(name="p50 to p95", color="--measured-soft", kind="block"),
    LegendEntry(name="p95 before", color="--previous", kind="dots"),
)
DOTS = "1px,2.5px"
NAMES = {P50: "p50", P95: "p95", P99: "p99"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileSeries:
    """What a panel of percentiles draws at the steps of `axis`. `threshold` is in ms. `no_data`
    names a wide gap; `usual` is that of p95; `remark` stands in the foot where nothing is to be
    said of the steps, `caution` beside n where no session makes much of the range.
    """

    title: str
    noun: str
    unit: str
    axis: TimeAxis
    percentiles: Percentiles
    over_range: Durations
    least_top: float = 10
    threshold: float | None = None
    no_data: str = "no samples"
    remark: str = ""
    caution: str = ""
    usual: UsualLines = NO_USUAL
    empty_text: str = ""


def draw(series: PercentileSeries) -> PanelContent:
    """The content of the panel."""
    total = series.over_range
    p50, p95, p99 = (duration_text(value) for value in (total.p50, total.p95, total.p99))
    of_n = in_sessions(plural(total.n, series.noun), total.sessions)
    caution = largest_session_text(total.largest_session) or series.caution
    n = ", ".join(filter(None, [of_n, caution]))
    over_range = f"p95 over the range {p95} (n = {n}), mean {duration_text(total.mean)}"
    notes = percentile_notes.notes(_named(series.percentiles))
    return PanelContent(
        unit=series.unit,
        body=_figure(series),
        label=f"{series.title} over time: p50 {p50}, p95 {p95}, p99 {p99} over the range.",
        foot=[over_range, notes or series.remark],
        table=_table(series),
        is_empty=not total.n,
        empty_text=series.empty_text,
    )


def _named(percentiles: Percentiles) -> list[NamedLine]:
    """The lines by name; that of the period before where its steps differ from those of p95."""
    lines, before = percentiles.lines, percentiles.before
    named = [(NAMES[share], line) for share, line in lines.items()]
    if before is None or before.steps_like(lines[P95]):
        return named
    return [*named, ("p95 before", before)]


def _figure(series: PercentileSeries) -> Figure:
    axis, lines, before = series.axis, series.percentiles.lines, series.percentiles.before
    drawn = [
        _line(lines[P99], Line(name="p99", values=[], color="--p99", width=1.25)),
        _line(lines[P50], Line(name="p50", values=[], color="--p50", width=1.5)),
        _line(lines[P95], Line(name="p95", values=[], color="--p95")),
    ]
    if before is not None:
        style = Line(name="p95 before", values=[], color="--previous", width=1.25, dash=DOTS)
        drawn.insert(0, replace(_line(before, style), label=""))
    figure = figures.lines(
        axis.times,
        drawn,
        axis=axis,
        least_top=series.least_top,
        threshold=_threshold(series),
        notes=[(at, series.no_data) for at in axis.wide_gaps()],
        usual=series.usual,
    )
    figure["data"].insert(0, bands.between(lines[P50].runs, lines[P95].runs))
    return percentile_notes.explained(figure, lines.values())


def _line(line: PercentileLine, style: Line) -> Line:
    """A line named by its last value."""
    times, values = percentile_notes.drawn(line.runs)
    label = f"{style.name} {duration_text(line.values[-1])}" if line.values else ""
    return replace(style, times=times, values=values, label=label)


def _threshold(series: PercentileSeries) -> tuple[float, str] | None:
    if series.threshold is None:
        return None
    return series.threshold, f"limit {with_unit(f'{series.threshold:g}', 'ms')}"


def _table(series: PercentileSeries) -> Table:
    """The values drawn at each step, else those of the step itself, and its n."""
    axis, percentiles = series.axis, series.percentiles
    shares = {"p99": P99, "p95": P95, "p50": P50}
    headers = [percentile_notes.label(n, percentiles.lines[s]) for n, s in shares.items()]
    values = [percentiles.values_at(share, axis.starts) for share in shares.values()]
    columns = [
        column("time", "Time", "time"),
        column("p99_ms", headers[0], "ms", "--p99", "thin"),
        column("p95_ms", headers[1], "ms", "--p95", "line"),
        column("p50_ms", headers[2], "ms", "--p50", "thin"),
    ]
    if percentiles.before is not None:
        header = percentile_notes.label("p95 before", percentiles.before)
        columns.append(column("p95_before_ms", header, "ms", "--previous", "dots"))
        values.append([percentiles.before.value_at(at) for at in axis.middles])
    columns.append(column("n", "n", "count"))
    n = [percentiles.durations.n_at(start) for start in axis.starts]
    return Table(columns, [list(row) for row in zip(axis.times, *values, n, strict=True)])
