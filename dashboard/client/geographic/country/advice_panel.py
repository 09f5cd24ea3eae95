"""What to check where it is bad: the figures of a country beside the world, and who watches it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from analytics.notifications.advice import GEOGRAPHY
from dashboard.client.geographic.core.data import GeographicData
from dashboard.client.geographic.core.metrics import REGION_METRICS, RegionMetric
from dashboard.client.geographic.core.regions import Region
from dashboard.core import addresses
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import button, icon, link, tag

from .watch import watch_id, watched

PANEL = Panel(
    name="advice",
    title="What to check",
    explain=(
        "A figure is named where the interval of its difference from all other people leaves out "
        "none. High latency or low connect success in one region may point to the network "
        "between, to a CDN, or to an edge server that is missing there."
    ),
    css_class="panel-full panel-natural",
    has_dynamic_title=True,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A metric of a region that is worse than in the world."""

    metric: RegionMetric
    region: Region
    world: Region

    @property
    def text(self) -> str:
        """`round trip p95 271 ms (95 % interval 259 ms to 284 ms), world 142 ms`."""
        figure = self.region.figures[self.metric.key]
        text, interval = self.metric.text, self.metric.interval_text(figure.ends)
        world = text(self.world.value(self.metric.key))
        return f"{self.metric.name} {text(figure.value)} ({interval}), world {world}"


def findings(region: Region, world: Region) -> list[Finding]:
    """The figures that are surely worse than those of all other people."""
    metrics = (REGION_METRICS.get(key) for key in region.worse)
    return [Finding(each, region, world) for each in metrics if each is not None]


def draw(page_data: GeographicData) -> PanelContent:
    """The content of the panel: of the selected country, else of the worst."""
    region = page_data.selected or next(iter(page_data.worst), None)
    listed = findings(region, page_data.current.world) if region else []
    return PanelContent(
        title=f"What to check in {region.name}" if region else PANEL.title,
        unit="the worst country" if listed and not page_data.selected else "",
        body=html.Div(_body(page_data, region, listed) if region else [], className="advice"),
        foot=[region.n_text if region else "",
              "worse than all others beyond chance" if listed else ""],
        table=_table(listed),
        is_empty=region is None,
        empty_text=page_data.no_worst,
    )  # fmt: skip


def _body(
    page_data: GeographicData, region: Region, listed: Sequence[Finding]
) -> list[Component | None]:
    steps = [html.Li(step) for step in GEOGRAPHY.steps]
    return [
        html.Ul([html.Li(each.text) for each in listed], className="advice-figures num")
        if listed
        else html.P(_calm(region), className="state-words"),
        html.Ul(steps, className="advice-steps") if listed else None,
        _watch(page_data, region),
    ]


def _calm(region: Region) -> str:
    if not region.is_counted:
        return f"The sessions of {region.name} are not counted, so nothing is judged."
    if region.is_small:
        return f"{region.name} has too few sessions to judge."
    return f"Nothing in {region.name} is worse than elsewhere beyond chance."


def _watch(page_data: GeographicData, region: Region) -> Component:
    """The rules that watch the country; for admins the button that makes one."""
    links = [
        link([icon("bell"), each.name], f"{addresses.SERVER_ALERTS}?list=rules&edit={each.id}")
        for each in page_data.rules_of(region.code)
    ]
    listed: list[Component] = (
        [html.Span([html.Span("Watched by "), *_separated(links)])]
        if links
        else [tag("not watched")]
    )
    if page_data.is_admin:
        label = f"Watch {watched(page_data.metric).name} in {region.name}"
        listed.append(button([icon("bell"), label], watch_id(region.code)))
    return html.Div(listed, className="advice-watch")


def _separated(links: Sequence[Component]) -> list[Component | str]:
    return [part for index, each in enumerate(links) for part in ([", "] if index else []) + [each]]


def _table(listed: Sequence[Finding]) -> Table:
    columns = [column("metric", "Metric", "text"), column("figures", "Figures", "text")]
    return Table(columns, [[each.metric.label, each.text] for each in listed])
