"""One country by region, network, browser and release: where inside it is it bad?"""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import TABLE_KINDS, RegionMetric, Scale
from dashboard.client.geographic.core.regions import LEAST_SESSIONS, Region, Split, interval_ends
from dashboard.widgets import interval_bar
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics.dimensions import DIMENSIONS

PANEL = Panel(
    name="breakdown",
    title="Inside the country",
    explain=(
        "The selected country by the subdivisions of the country database, and by network, "
        "browser and release, on the scale of the country's own parts. A click filters by both."
    ),
    css_class="panel-full panel-natural",
    has_dynamic_title=True,
)
MOST_PARTS = 8


def draw(page_data: GeographicData) -> PanelContent:
    """The content of the panel."""
    metric, region = page_data.metric, page_data.selected
    splits = page_data.current.splits if region else ()
    parts = [part for split in splits for part in split.parts]
    scale = _scale(parts, metric)
    return PanelContent(
        title=f"Inside {region.name}" if region else PANEL.title,
        unit=f"{metric.name}, {metric.unit}" if region else "",
        body=html.Div([_split(page_data, split, scale) for split in splits],
                      className="breakdown"),
        foot=[region.n_text if region else "",
              f"95 % intervals; fewer than {LEAST_SESSIONS} sessions are too few; "
              "hollow: too few for an interval"],
        table=_table(metric, splits),
        is_empty=region is None,
        empty_text="Choose a country on the map or in the table to see its regions, networks, "
        "browsers and releases.",
    )  # fmt: skip


def _scale(parts: Sequence[Region], metric: RegionMetric) -> IntervalScale:
    ends = interval_ends(parts, metric.key)
    starts_at = None if metric.scale is Scale.SHARE else 0.0
    return interval_bar.scale_of(
        ends, metric.threshold, starts_at=starts_at, stops_at=metric.largest
    )


def _split(page_data: GeographicData, split: Split, scale: IntervalScale) -> Component:
    metric = page_data.metric
    if split.not_counted or not split.parts:
        text = split.not_counted or "None in this range."
        content: Component = html.P(text, className="state-words")
    else:
        rows = [_row(page_data, split, part, scale) for part in split.parts[:MOST_PARTS]]
        has_bars = any(part.is_judged(metric.key) for part in split.parts[:MOST_PARTS])
        ends = interval_bar.head(scale, metric.bare(scale.low), metric.bare(scale.high))
        heading = html.Tr(
            [html.Th(split.label, className="clip", scope="col"),
             html.Th("Sessions", className="n", scope="col"),
             html.Th(ends if has_bars else None, className="interval-cell", scope="col"),
             html.Th(metric.short, className="n", scope="col")]
        )  # fmt: skip
        content = html.Table([html.Thead(heading), html.Tbody(rows)], className="table-plain")
    more = len(split.parts) - MOST_PARTS
    note = html.P(f"{more} more in the table", className="faint table-none") if more > 0 else None
    return html.Div([html.H3(split.label, className="split-title"), content, note],
                    className="split")  # fmt: skip


def _row(page_data: GeographicData, split: Split, part: Region, scale: IntervalScale) -> Component:
    metric, figure = page_data.metric, part.figures.get(page_data.metric.key)
    value = figure.value if figure else None
    bar: Component | str = part.unjudged
    if not part.is_small and figure is not None and value is not None:
        is_bad, ends = metric.is_beyond(value), figure.ends
        label = metric.interval_text(ends, too_few=figure.too_few)
        bar = interval_bar.layout(
            value, ends, scale, label, is_bad=is_bad, is_hollow=figure.too_few
        )
    return html.Tr(
        [
            html.Td(_name(page_data, split, part), className="clip", title=part.name),
            html.Td(part.sessions_text, className="n num"),
            html.Td(bar, className="interval-cell"),
            html.Td(metric.bare(value), className="n num main-figure"),
        ],
        className="is-small" if part.is_small else "",
    )


def _name(page_data: GeographicData, split: Split, part: Region) -> Component | str:
    """A link that filters by the country and the part, where pages can be filtered by it."""
    if split.dimension not in DIMENSIONS or page_data.selected is None:
        return part.name
    view = page_data.view.with_filter("country", page_data.selected.code)
    return link(part.name, view.with_filter(split.dimension, part.code).search(), "quiet-link")


def _table(metric: RegionMetric, splits: Sequence[Split]) -> Table:
    kind = TABLE_KINDS[metric.scale]
    columns = [
        column("dimension", "By", "text"), column("value", "Value", "text"),
        column("sessions", "Sessions", "count"), column(metric.key, metric.label, kind),
        column("low", "Low", kind), column("high", "High", kind),
    ]  # fmt: skip
    rows = []
    for split in splits:
        for part in split.parts:
            figure = part.figures.get(metric.key)
            figures = [figure.value, figure.low, figure.high] if figure else [None] * 3
            sessions = part.sessions if part.is_counted else None
            rows.append([split.label, part.name, sessions, *figures])
    return Table(columns, rows)
