"""The list of incidents: severity, metric, when, how far from what was expected."""

from collections import Counter
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from analytics.anomalies import naming
from analytics.anomalies.answers import IncidentResponse
from dashboard.charts.time_axis import chart_time
from dashboard.client.anomalies.core.data import AnomaliesData, name_of
from dashboard.client.anomalies.core.severity import STYLES, tag_of
from dashboard.client.anomalies.core.values import MetricText, peak_text
from dashboard.core import times
from dashboard.core.numbers import plural
from dashboard.core.times import length, moment
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

MOST_ROWS = 60
SEVERITY_NOTE = "Severity says how far beyond the usual range, not how many people it touched."
HEADER = (
    ("Severity", "clip"), ("Metric", "clip"), ("Began", "n"), ("Lasted", "n is-wide"),
    ("Peak", "n"), ("Expected", "n is-wide"), ("Deviation", "n is-wide"), ("State", "clip"),
)  # fmt: skip
VERDICTS = {"expected": "expected", "real": "real"}


def panel(source: str) -> Panel:
    """The frame."""
    return Panel(
        name=f"{source}-incidents",
        title="Incidents",
        explain=(
            "Steps outside the usual range, joined where they are at most an hour apart (of single "
            "countries, networks, browsers and releases 12 h), and with those of other metrics and "
            "places at the same time. Severity is the largest deviation of the series that leads, "
            "in widths of the range: Low from 1.05, Medium from 1.5, High from 2.5. Peak, expected "
            "value and deviation are those of that step."
        ),
        css_class="panel-two-thirds panel-incidents",
    )


def draw(page_data: AnomaliesData) -> PanelContent:
    """The content of the panel."""
    listing, rows = page_data.page.listing, page_data.incidents
    listed = rows[:MOST_ROWS]
    length_text = times.length(page_data.window.length)
    body = [_severities(page_data), _table(page_data, listed)]
    is_cut = listing.is_cut or len(rows) > len(listed)
    more = f"{len(listed)} are listed; the CSV has all" if is_cut else ""
    return PanelContent(
        unit=f"{len(listing.incidents)} in {length_text}, most severe first",
        body=html.Div(body, className="incidents"),
        foot=[SEVERITY_NOTE, more],
        table=_csv(rows),
        is_empty=not listing.incidents,
        empty_text=_calm(page_data),
    )


def _calm(page_data: AnomaliesData) -> str:
    """That nothing is unusual, and how far that was judged."""
    listing = page_data.page.listing
    if listing.judged_until is None:
        return "No step is judged yet: expected values are still learnt."
    until = moment(listing.judged_until, page_data.now, page_data.zone)
    judged = listing.series - listing.states.learning
    waiting = plural(listing.states.learning, "series", "series")
    if not judged:
        return f"{waiting} still learning what is usual: that takes 24 h of values."
    learning = f"; {waiting} still learning" if listing.states.learning else ""
    return (
        f"Nothing left its usual range in this time. {plural(judged, 'series', 'series')} judged "
        f"until {until}{learning}."
    )


def _severities(page_data: AnomaliesData) -> Component:
    listed = page_data.page.listing.incidents
    view, counts = page_data.view, Counter(each.severity for each in listed)
    entries = [_segment("All", view.of_severity(""), is_current=not view.severity)]
    entries += [
        _segment(f"{style.label} {counts[name]}", view.of_severity(name),
                 is_current=view.severity == name)
        for name, style in STYLES.items()
        if counts[name] or view.severity == name
    ]  # fmt: skip
    return html.Nav(
        entries, className="segments incident-severities",
        **html_attributes({"aria-label": "Severity"}),
    )  # fmt: skip


def _segment(label: str, href: str, *, is_current: bool) -> Component:
    return link(label, href, "segment is-chosen" if is_current else "segment")


def _table(page_data: AnomaliesData, listed: Sequence[IncidentResponse]) -> Component:
    head = html.Tr([html.Th(label, className=css, scope="col") for label, css in HEADER])
    table = html.Table(
        [html.Thead(head), html.Tbody([_row(page_data, each) for each in listed])],
        className="table-plain table-incidents",
    )
    return html.Div(table, className="table-scroll table-tall", tabIndex=0)


def _row(page_data: AnomaliesData, incident: IncidentResponse) -> Component:
    view, metric = page_data.view, MetricText(incident.source, incident.metric)
    label, variant = tag_of(incident)
    is_selected = page_data.incident is not None and incident.id == page_data.incident.id
    name = name_of(incident)
    cells = [
        html.Td(tag(label, variant), className="clip"),
        html.Td(
            [
                link(name, view.opening(0 if is_selected else incident.id), "quiet-link"),
                _app(page_data, incident),
            ],
            className="clip incident-name",
            title=name,
        ),
        html.Td(moment(incident.start, page_data.now, page_data.zone), className="n num"),
        html.Td(lasted(page_data, incident), className="n num is-wide"),
        html.Td(peak_text(incident), className="n num main-figure"),
        html.Td(metric.text(incident.expected), className="n num is-wide faint"),
        html.Td(
            metric.deviation(incident.deviation, incident.deviation_percent),
            className="n num is-wide",
        ),
        html.Td(_state(incident), className="clip"),
    ]
    return html.Tr(
        cells,
        className="is-selected" if is_selected else "",
        **html_attributes({"data-incident": str(incident.id)}),
    )


def _app(page_data: AnomaliesData, incident: IncidentResponse) -> Component | None:
    """The app, where incidents of several are listed."""
    apps = {each.app for each in page_data.page.listing.incidents}
    app = naming.app_text(incident.app)
    return html.Span(f" {app}", className="faint") if len(apps) > 1 else None


def lasted(page_data: AnomaliesData, incident: IncidentResponse) -> str:
    """How long the incident lasted, or lasts until now."""
    end = max(incident.until, page_data.now) if incident.end is None else incident.until
    return length(end - incident.start)


def _state(incident: IncidentResponse) -> list[Component | str]:
    verdict = f" · {VERDICTS[incident.feedback.verdict]}" if incident.feedback else ""
    if incident.end is None:
        return [html.Span(className="dot dot-open"), "open", verdict]
    return [html.Span(f"ended{verdict}", className="faint")]


def _csv(rows: Sequence[IncidentResponse]) -> Table:
    columns = [
        column("severity", "Severity", "text"), column("metric", "Metric", "text"),
        column("dimension", "Of", "text"), column("app", "App", "text"),
        column("began", "Began", "time"), column("ended", "Ended", "time"),
        column("peak", "Peak", "number"), column("expected", "Expected", "number"),
        column("deviation", "Deviation", "number"),
        column("deviation_percent", "Deviation, %", "number"), column("kind", "Kind", "text"),
        column("feedback", "Feedback", "text"),
    ]  # fmt: skip
    return Table(columns, [
        [
            each.severity, each.label,
            ", ".join(f"{name}={value}" for name, value in each.dimension.items()), each.app,
            chart_time(each.start), chart_time(each.end) if each.end else None,
            each.observed, each.expected, each.deviation,
            each.deviation_percent, each.kind,
            each.feedback.verdict.value if each.feedback else "",
        ]
        for each in rows
    ])  # fmt: skip
