"""The table beside the map: every country in the data, with its interval on a common scale."""

from collections.abc import Sequence
from unicodedata import category, normalize

from dash import html
from dash.development.base_component import Component

from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import REGION_METRICS, RegionMetric, Scale
from dashboard.client.geographic.core.ordering import ordered
from dashboard.client.geographic.core.regions import LEAST_SESSIONS, Region, interval_ends
from dashboard.client.geographic.core.table_rows import csv_table
from dashboard.client.geographic.core.url_state import GeographicView
from dashboard.core.numbers import plural
from dashboard.widgets import interval_bar
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link

PANEL = Panel(
    name="regions",
    title="Countries",
    explain=(
        "Countries by the address that sent the reports. Sessions are the sampling unit of every "
        "interval: one session in an outage makes hundreds of failed attempts. Below "
        f"{LEAST_SESSIONS} sessions a country is not ranked. Client count, average latency and "
        "connect success are those of the documentation."
    ),
    css_class="panel-regions",
    has_dynamic_title=True,
    rows=("sessions", "client-reports"),
)
LATENCY, SUCCESS = REGION_METRICS["latency_p50_ms"], REGION_METRICS["connect_success"]


def draw(page_data: GeographicData) -> PanelContent:
    """The content of the panel."""
    view, metric = page_data.view, page_data.metric
    rows = ordered(page_data.listed, metric, view.sort)
    scale = _scale(rows, metric)
    visible = [region for region in rows if matches(region, view.find)]
    everywhere = [*rows, *page_data.current.elsewhere]
    has_bars = any(
        region.is_judged(metric.key) for region in everywhere if matches(region, view.find)
    )
    body = html.Table(
        [
            html.Caption(f"{metric.label} by country", className="visually-hidden"),
            html.Thead(_head(view, metric, scale if has_bars else None)),
            html.Tbody([_row(page_data, region, scale) for region in everywhere]),
        ],
        className="table-plain table-regions",
    )
    return PanelContent(
        title=f"{metric.label} by country" if view.sort else metric.heading,
        unit=f"at least {LEAST_SESSIONS} sessions",
        body=html.Div(body, className="table-scroll table-tall"),
        foot=[
            f"{len(visible)} of {plural(len(page_data.current.regions), 'country', 'countries')}",
            page_data.intervals_note,
        ],
        table=csv_table(everywhere, page_data.source),
        is_empty=not rows,
        empty_text=page_data.no_countries,
    )


def matches(region: Region, find: str) -> bool:
    """Whether the name has the text, accents aside, or the code is the text."""
    return plain(find) in plain(region.name) or find.upper() == region.code


def plain(text: str) -> str:
    """In small letters without accents, as the browser compares them too: `curacao`."""
    letters = normalize("NFKD", text)
    return "".join(each for each in letters if not category(each).startswith("M")).lower()


def _scale(rows: Sequence[Region], metric: RegionMetric) -> IntervalScale:
    ends = interval_ends(rows, metric.key)
    starts_at = None if metric.scale is Scale.SHARE and metric.worse == "down" else 0.0
    return interval_bar.scale_of(
        ends, metric.threshold, starts_at=starts_at, stops_at=metric.largest
    )


def _ends(metric: RegionMetric, scale: IntervalScale) -> Component:
    threshold = metric.bare(metric.threshold) if metric.threshold is not None else ""
    return interval_bar.head(scale, metric.bare(scale.low), metric.bare(scale.high), threshold)


def _head(view: GeographicView, metric: RegionMetric, scale: IntervalScale | None) -> Component:
    """`scale` is that of the bars, `None` where no row has one."""
    ends = _ends(metric, scale) if scale else None
    cells = [
        _heading(view, "country", "Country", "clip"),
        _heading(view, "sessions", "Client count", "n"),
        html.Th(ends, className="interval-cell", scope="col"),
        _heading(view, "value", metric.short, "n"),
        html.Th("95 % interval", className="n is-wide", scope="col"),
        _heading(view, "mean", "Average latency, ms", "n is-wide"),
    ]
    if metric is not SUCCESS:
        cells.append(_heading(view, "success", "Connect success, %", "n is-wide"))
    return html.Tr(cells)


def _heading(view: GeographicView, column: str, label: str, css_class: str) -> Component:
    """A heading whose link sorts by its column."""
    order = {column: "ascending", f"-{column}": "descending"}.get(view.sort, "none")
    return html.Th(
        link(label, view.sorted_by(column), f"sort-link is-{order}"),
        className=css_class,
        scope="col",
        **html_attributes({"aria-sort": order}),
    )


def _row(page_data: GeographicData, region: Region, scale: IntervalScale) -> Component:
    view, metric = page_data.view, page_data.metric
    is_selected = region.code == view.selected
    classes = ["is-selected" if is_selected else "", "is-small" if region.is_small else ""]
    cells = [
        html.Td(_name(page_data, region), className="clip"),
        html.Td(region.sessions_text, className="n num"),
        *_figure(region, metric, scale),
        html.Td(LATENCY.bare(region.value("latency_mean_ms")), className="n num is-wide"),
    ]
    if metric is not SUCCESS:
        value = region.value("connect_success")
        bad = " is-bad" if SUCCESS.is_beyond(value) and not region.is_small else ""
        cells.append(html.Td(SUCCESS.bare(value), className=f"n num is-wide{bad}"))
    return html.Tr(
        cells,
        className=" ".join(filter(None, classes)),
        hidden=not matches(region, view.find),
        **html_attributes({"data-region": region.code, "data-name": plain(region.name)}),
    )


def _name(page_data: GeographicData, region: Region) -> Component:
    view = page_data.view
    href = view.selecting(region.code)
    swatch = html.Span(
        className="swatch", style={"background": f"var({page_data.color_of(region)})"}
    )
    return html.Span([swatch, link(region.name, href, "quiet-link region-link")], title=region.name)


def _figure(region: Region, metric: RegionMetric, scale: IntervalScale) -> list[Component]:
    figure = region.figures.get(metric.key)
    value = figure.value if figure else None
    if figure is None or value is None or region.is_small:
        return [
            html.Td(region.unjudged, className="interval-cell"),
            _value(metric, value, is_bad=False),
            html.Td("", className="n is-wide"),
        ]
    is_bad, ends = metric.is_beyond(value), figure.ends
    interval = f"{metric.bare(ends[0])}–{metric.bare(ends[1])}" if ends else ""
    if not ends and metric.scale is not Scale.COUNT:
        interval = "too few" if figure.too_few else "not known"
    label = metric.interval_text(ends, too_few=figure.too_few)
    bar = interval_bar.layout(value, ends, scale, label, is_bad=is_bad, is_hollow=figure.too_few)
    return [
        html.Td(bar, className="interval-cell"),
        _value(metric, value, is_bad=is_bad),
        html.Td(interval, className="n num is-wide faint"),
    ]


def _value(metric: RegionMetric, value: float | None, *, is_bad: bool) -> Component:
    return html.Td(metric.bare(value), className=f"n num main-figure{' is-bad' if is_bad else ''}")
