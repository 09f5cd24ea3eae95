"""Small multiples of the worst regions, each with the world behind it, on common axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from analytics.query.series import SERIES
from dashboard.charts.time_axis import chart_time
from dashboard.charts.usual_range import NO_USUAL, UsualLines
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import REGION_METRICS, TABLE_KINDS, RegionMetric
from dashboard.client.geographic.core.regions import Region
from dashboard.core.numbers import DASH
from dashboard.core.times import step
from dashboard.page.usual import NO_PAGE_USUAL
from dashboard.widgets import sparks
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel, legend
from dashboard.widgets.pieces import link

Draw = Callable[[GeographicData], PanelContent]
Values = Sequence[float | None]
KEYS = ("latency_p95_ms", "stability")
LEGEND = (
    LegendEntry(name="country", color="--measured"),
    LegendEntry(name="world", color="--expected", kind="thin"),
)
BAND = LegendEntry(name="usual range", color="--expected-band", kind="block")


@dataclass(frozen=True, slots=True)
class SmallChart:
    """A country's line, that of the world, and what is usual in the country."""

    region: Region
    values: Values
    world: Values
    usual: UsualLines = NO_USUAL


def panel(key: str) -> Panel:
    """The panel of the multiples of one metric."""
    metric = REGION_METRICS[key]
    return Panel(
        name=f"worst-{key.replace('_', '-')}",
        title=f"{metric.label} where it is worst",
        explain=(
            "First those surely worse than all others, by people affected times the lower bound of "
            "the difference, so that few sessions do not lead; then by value. All nine have the "
            "same axes; the grey line is the world, the band what is usual in the country. Steps "
            "with too few sessions are left out."
        ),
        css_class="panel-half",
        legend=LEGEND,
    )


def renderer(key: str) -> Draw:
    """The function that draws the multiples of one metric."""

    def draw(page_data: GeographicData) -> PanelContent:
        return _content(page_data, REGION_METRICS[key])

    return draw


def _content(page_data: GeographicData, metric: RegionMetric) -> PanelContent:
    charts = [
        SmallChart(region, _line_of(page_data, region.code, metric),
                   _line_of(page_data, "", metric), _usual_of(page_data, region.code, metric))
        for region in page_data.worst
    ]  # fmt: skip
    limits = sparks.scale(*(chart.values for chart in charts), *(each.world for each in charts[:1]))
    return PanelContent(
        unit=", ".join(filter(None, (metric.unit, *_axes(page_data, metric, charts, limits)))),
        body=html.Div([_cell(page_data, metric, each, limits) for each in charts],
                      className="multiples"),
        legend=legend((*LEGEND, BAND) if any(each.usual.times for each in charts) else LEGEND),
        foot=[f"the worst {len(charts)} of {len(page_data.current.regions)} countries",
              "common axes"],
        table=_table(page_data, metric, charts),
        is_empty=not charts,
        empty_text=page_data.no_worst,
    )  # fmt: skip


def _cell(
    page_data: GeographicData, metric: RegionMetric, chart: SmallChart, limits: tuple[float, float]
) -> Component:
    value, world = chart.region.value(metric.key), page_data.current.world.value(metric.key)
    text = f"{chart.region.name}: {metric.text(value)}, world {metric.text(world)}"
    return html.Div(
        [
            html.Div(
                [
                    link(chart.region.name, page_data.view.selecting(chart.region.code),
                         "quiet-link clip"),
                    html.Span(metric.text(value) if value is not None else DASH,
                              className="num multiple-value"),
                ],
                className="multiple-head",
            ),
            html.Div(
                [_band(chart.usual, limits), _line(chart.world, limits, "--expected"),
                 _line(chart.values, limits, "--measured")],
                className="spark multiple",
                role="img",
                **html_attributes({"aria-label": text}),
            ),
        ],
        **html_attributes({"data-region": chart.region.code}),
    )  # fmt: skip


def _line(values: Values, limits: tuple[float, float], color: str) -> Component | None:
    if not any(value is not None for value in values):
        return None
    return _masked(sparks.line_uri(sparks.thinned(values), limits), color)


def _band(usual: UsualLines, limits: tuple[float, float]) -> Component | None:
    if not usual.times:
        return None
    low, high = sparks.thinned(usual.low), sparks.thinned(usual.high)
    return _masked(sparks.band_uri(low, high, limits), "--expected-band")


def _masked(uri: str, color: str) -> Component:
    mask = f'url("{uri}")'
    return html.Div(
        style={"background": f"var({color})", "maskImage": mask, "WebkitMaskImage": mask}
    )


def _usual_of(page_data: GeographicData, code: str, metric: RegionMetric) -> UsualLines:
    usual = page_data.small_usual.get(code, NO_PAGE_USUAL)
    return usual.lines("client", SERIES[metric.series].metric)


def _line_of(page_data: GeographicData, code: str, metric: RegionMetric) -> Values:
    nothing = [None] * len(page_data.current.small_starts)
    return page_data.current.small_lines.get(code, {}).get(metric.key, nothing)


def _axes(
    page_data: GeographicData,
    metric: RegionMetric,
    charts: Sequence[SmallChart],
    limits: tuple[float, float],
) -> tuple[str, ...]:
    """The step and the range of the common axes; none where no line has a value."""
    lines = [line for chart in charts for line in (chart.values, chart.world)]
    if not any(value is not None for line in lines for value in line):
        return ()
    return _per_step(page_data), f"from {metric.text(limits[0])} to {metric.text(limits[1])}"


def _per_step(page_data: GeographicData) -> str:
    starts = page_data.current.small_starts
    if len(starts) < 2:
        return ""
    return f"per {step(round((starts[1] - starts[0]).total_seconds()))}"


def _table(page_data: GeographicData, metric: RegionMetric, charts: Sequence[SmallChart]) -> Table:
    kind = TABLE_KINDS[metric.scale]
    columns = [column("time", "Time", "time"), column("world", "World", kind)]
    columns += [column(each.region.code, each.region.name, kind) for each in charts]
    lines = [_line_of(page_data, code, metric) for code in ("", *(c.region.code for c in charts))]
    for chart in charts:
        if chart.usual.times:
            code, name = chart.region.code, chart.region.name
            columns.append(column(f"{code}-low", f"{name}, usual from", kind))
            columns.append(column(f"{code}-high", f"{name}, usual to", kind))
            lines += [chart.usual.low, chart.usual.high]
    times = [chart_time(at) for at in page_data.current.small_starts]
    rows = zip(times, *lines, strict=True)
    return Table(columns, [list(row) for row in rows])
