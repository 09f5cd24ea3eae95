"""What an incident is made of, and what else moved at the same time."""

from dash import html
from dash.development.base_component import Component

from analytics.anomalies import naming
from analytics.anomalies.answers import PartResponse
from analytics.anomalies.selection import by_urgency
from dashboard.client.anomalies.core.data import AnomaliesData, name_of
from dashboard.client.anomalies.core.severity import tag_of
from dashboard.client.anomalies.core.values import MetricText, peak_text
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

MOST_PARTS = 10
MOST_MOVED = 10


def parts_panel(source: str) -> Panel:
    """The frame of the parts."""
    return Panel(
        name=f"{source}-incident-parts",
        title="",
        explain=(
            "Metrics and values that left their ranges with it and have the same cause, the "
            "farthest out first. A link draws the series."
        ),
        css_class="panel-half panel-natural",
        has_dynamic_title=True,
    )


def moved_panel(source: str) -> Panel:
    """The frame of other incidents."""
    return Panel(
        name=f"{source}-incident-moved",
        title="",
        explain="Other incidents that were going on within half an hour before or after this one.",
        css_class="panel-half panel-natural",
        has_dynamic_title=True,
    )


def draw_parts(page_data: AnomaliesData) -> PanelContent:
    """The parts of the incident of the address; hidden without one."""
    incident = page_data.incident
    parts = incident.parts if incident else []
    rows = [_part(page_data, each) for each in parts[:MOST_PARTS]]
    number = incident.part_count if incident else 0
    more = f"{len(rows)} of {number} are listed" if number > len(rows) else ""
    header = ["Series", "Severity", "Peak", "Expected", "Deviation"]
    return PanelContent(
        title="Parts of this incident" if incident else "",
        unit=plural(number, "series", "series"),
        body=plain_table.layout(header, rows, text_columns=2),
        foot=["the farthest out of its range first", more],
        table=_csv(parts),
        is_empty=not parts,
        empty_text="No other series took part.",
    )


def _part(page_data: AnomaliesData, part: PartResponse) -> list[Component | str]:
    metric = MetricText(page_data.view.source, part.metric)
    name = ", ".join(filter(None, (part.label, naming.slice_text(part.dimension))))
    return [
        link(name, page_data.view.drawing(part.metric), "quiet-link")
        if not part.dimension
        else name,
        tag(*tag_of(part)),
        metric.text(part.observed),
        metric.text(part.expected),
        metric.deviation(part.deviation, part.deviation_percent),
    ]


def _csv(parts: list[PartResponse]) -> Table:
    columns = [
        column("series", "Series", "text"), column("severity", "Severity", "text"),
        column("peak", "Peak", "number"), column("expected", "Expected", "number"),
        column("deviation", "Deviation", "number"), column("rho", "Widths of the range", "number"),
    ]  # fmt: skip
    return Table(columns, [
        [", ".join(filter(None, (each.label, naming.slice_text(each.dimension)))), each.severity,
         each.observed, each.expected, each.deviation, each.rho]
        for each in parts
    ])  # fmt: skip


def draw_moved(page_data: AnomaliesData) -> PanelContent:
    """Other incidents of the time; hidden without one in the address."""
    moved = sorted(page_data.at_the_same_time, key=by_urgency)
    rows: list[list[Component | str]] = [
        [
            link(name_of(each), page_data.view.opening(each.id), "quiet-link"),
            tag(*tag_of(each)),
            moment(each.start, page_data.now, page_data.zone),
            peak_text(each),
        ]
        for each in moved[:MOST_MOVED]
    ]
    more = f"{MOST_MOVED} of {len(moved)} are listed" if len(moved) > MOST_MOVED else ""
    return PanelContent(
        title="What else moved" if page_data.incident else "",
        unit="at the same time",
        body=html.Div(
            plain_table.layout(["Incident", "Severity", "Began", "Peak"], rows, text_columns=2)
        ),
        foot=["at the same time, by other causes as far as is judged", more],
        table=Table(
            [column("incident", "Incident", "text"), column("severity", "Severity", "text")],
            [[name_of(each), each.severity] for each in moved],
        ),
        is_empty=not moved,
        empty_text="Nothing else left its usual range at that time.",
    )
