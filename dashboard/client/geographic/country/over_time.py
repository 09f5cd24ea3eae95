"""The chart of one country in time, or of the world: beside the world and the period before."""

from collections.abc import Sequence
from dataclasses import replace

from dash import html

from analytics.query.series import SERIES
from dashboard.charts import figures
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.usual_range import UsualLines
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import RegionMetric, Scale
from dashboard.client.geographic.core.regions import Region
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import USUAL_ENTRY, LegendEntry, Panel, legend
from dashboard.widgets.pieces import link

PANEL = Panel(
    name="region-over-time",
    title="Over time",
    explain=(
        "The metric of the map in time. The dashed line is the world, the dotted one the same "
        "country in the period compared with. The limit is the default threshold of an alert."
    ),
    css_class="panel-region",
    has_chart=True,
    has_dynamic_title=True,
)


def draw(page_data: GeographicData) -> PanelContent:
    """The content of the panel."""
    metric, region = page_data.metric, page_data.selected or page_data.current.world
    axis = page_data.axis
    lines = _lines(metric, region, page_data)
    times, columns = figures.with_gaps(axis.times, axis.steps, [line.values for line in lines])
    drawn = [replace(line, values=values) for line, values in zip(lines, columns, strict=True)]
    threshold = None if metric.counted_as else metric.threshold
    usual = page_data.usual.lines("client", SERIES[metric.series].metric)
    limits = _limits(metric, drawn, usual, threshold)
    off_axis, text = _off_axis(metric, threshold, limits), metric.text(threshold)
    figure = figures.lines(
        times, drawn, axis=axis, least_top=0.01 if metric.scale is Scale.SHARE else 1,
        threshold=None if threshold is None or off_axis else (threshold, f"limit {text}"),
        notes=[(at, "no reports") for at in axis.wide_gaps()], limits=limits, usual=usual,
    )  # fmt: skip
    value = region.value(metric.key)
    return PanelContent(
        title=region.name,
        unit=f"{metric.counted_as or f'{metric.name}, {metric.unit}'}, {page_data.per_step}",
        body=_in_percent(figure) if _is_of_shares(metric) else figure,
        label=f"{metric.label} in {region.name} over time; {metric.text(value)} over the range.",
        legend=legend(_legend(page_data)),
        foot=[region.n_text, _action(page_data, region), *off_axis],
        table=_table(page_data, lines),
        is_empty=not any(value is not None for line in lines for value in line.values),
        empty_text=page_data.current.not_counted.get("series", "Nothing was measured."),
    )


def _lines(
    metric: RegionMetric, region: Region, page_data: GeographicData
) -> list[Line]:  # fmt: skip
    report = page_data.current
    own, world, before = report.own, report.of_world, report.own_before
    last = next((value for value in reversed(own) if value is not None), None)
    lines = [Line(name=region.name, values=own, color="--measured", label=metric.series_text(last))]
    if page_data.selected is not None and not metric.counted_as:
        lines.insert(0, Line(name="world", values=world, color="--expected", width=1.25,
                             dash="4px,3px"))  # fmt: skip
    if before:
        lines.insert(0, Line(name="before", values=before, color="--previous", width=1.25,
                             dash="1.5px,2.5px"))  # fmt: skip
    return lines


def _limits(
    metric: RegionMetric, drawn: Sequence[Line], usual: UsualLines, threshold: float | None
) -> tuple[float, float] | None:
    """Shares near one hundred percent need an axis that does not begin at zero. It holds the
    threshold where that is at most as far away as the lines go."""
    if not _is_of_shares(metric):
        return None
    lines = [*(line.values for line in drawn), usual.low, usual.high]
    values = [value for line in lines for value in line if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = high - low
    if threshold is not None and low - span <= threshold <= high + span:
        low, high = min(low, threshold), max(high, threshold)
    room = 0.1 * (high - low) or 0.01
    return max(0.0, low - room), min(1.0, high + room)


def _off_axis(
    metric: RegionMetric, threshold: float | None, limits: tuple[float, float] | None
) -> list[str]:
    """Where the threshold is, if the axis does not hold it."""
    if threshold is None or limits is None or limits[0] <= threshold <= limits[1]:
        return []
    side = "below" if threshold < limits[0] else "above"
    return [f"limit {metric.text(threshold)} is {side} the axis"]


def _in_percent(figure: Figure) -> Figure:
    """Shares are written in percent beside the axis."""
    axis = figure["layout"]["yaxis"]
    low, high = axis["range"]
    ticks = figures.nice_ticks(low * 100, high * 100)
    axis |= {
        "tickvals": [tick / 100 for tick in ticks],
        "ticktext": [f"{tick:g}" for tick in ticks],
    }
    return figure


def _is_of_shares(metric: RegionMetric) -> bool:
    return metric.scale is Scale.SHARE and not metric.counted_as


def _legend(page_data: GeographicData) -> list[LegendEntry]:
    entries = [LegendEntry(name=page_data.metric.label, color="--measured"), USUAL_ENTRY]
    if page_data.selected is not None and not page_data.metric.counted_as:
        entries.append(LegendEntry(name="world", color="--expected", kind="thin"))
    if page_data.current.own_before:
        entries.append(LegendEntry(name=page_data.compared_to, color="--previous", kind="dots"))
    return entries


def _action(page_data: GeographicData, region: Region) -> html.Span | str:
    """A link that filters all pages; a hint without a selected country."""
    if page_data.selected is None:
        return "choose a country on the map or in the table"
    address = page_data.view.with_filter("country", region.code).search()
    return html.Span(link(f"Filter everything to {region.name}", address, "link"))


def _table(page_data: GeographicData, lines: Sequence[Line]) -> Table:
    kind = page_data.metric.series_kind
    columns = [column("time", "Time", "time")]
    columns += [
        column(line.name.lower(), line.name, kind, line.color, "dots" if line.dash else "line")
        for line in lines
    ]
    rows = zip(page_data.axis.times, *(line.values for line in lines), strict=True)
    return Table(columns, [list(row) for row in rows])
