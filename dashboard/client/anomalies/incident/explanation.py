"""One incident: what happened, where it happened, what was near its start, what to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from analytics.anomalies import naming
from analytics.anomalies.answers import IncidentResponse
from analytics.anomalies.explain.answers import Contribution, Explanation
from analytics.notifications import advice
from dashboard.client.anomalies.core.data import AnomaliesData, name_of
from dashboard.client.anomalies.core.severity import ORDER, tag_of, worth
from dashboard.client.anomalies.core.values import MetricText, peak_text
from dashboard.client.anomalies.incident import feedback
from dashboard.core import addresses
from dashboard.core.numbers import MINUS, count, with_unit
from dashboard.core.times import moment, span
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import icon, link, tag

MOST_BARS = 6
MOST_RULES = 2
LEAST_SHARE = 0.01
NO_DETAILS = Explanation(total_change=0.0, unit="")
SCALES = {
    "sudden": "The jump itself left the range; no slow drift.",
    "sustained": "No single step stands out: the level of hours did.",
}
CAUSES = {
    "deploy": "Deployment", "planned-restart": "Planned restart", "restart": "Restart",
    "reconnect storm": "Reconnect storm",
}  # fmt: skip


def panel(source: str) -> Panel:
    """The frame."""
    return Panel(
        name=f"{source}-explanation",
        title="Explanation",
        explain=(
            "What each value of country, network, browser, release and page, and pairs of them, "
            "add to the change against what was expected. Shares of overlapping slices add up to "
            "more than all. Grey: no more than its usual share."
        ),
        css_class="panel-third panel-explanation",
    )


def draw(page_data: AnomaliesData) -> PanelContent:
    """The content of the panel."""
    incident = page_data.incident
    if incident is None:
        return PanelContent(
            unit="", body=_worths(page_data), foot=[_missing(page_data), ""],
            table=Table([column("severity", "Severity", "text")], []),
        )  # fmt: skip
    details = incident.details or NO_DETAILS
    return PanelContent(
        unit="",
        body=html.Div([*_parts(page_data, incident, details)], className="explanation"),
        foot=[_worth(page_data, incident), ""],
        table=_table(details),
    )


def _missing(page_data: AnomaliesData) -> str:
    return "There is no such incident here." if page_data.view.incident else ""


def _worths(page_data: AnomaliesData) -> Component:
    """Without an incident: what a severity is worth."""
    judged = page_data.page.listing.severities
    return html.Div(
        [
            html.P("Choose an incident to see what explains it.", className="state-words"),
            html.P("What a severity is worth, by the feedback of people:", className="faint"),
            html.Ul([html.Li(worth(name, judged.get(name))) for name in ORDER]),
        ],
        className="explanation",
    )


def _worth(page_data: AnomaliesData, incident: IncidentResponse) -> str:
    return worth(incident.severity, page_data.page.listing.severities.get(incident.severity))


def _parts(
    page_data: AnomaliesData, incident: IncidentResponse, details: Explanation
) -> list[Component | None]:
    return [
        _head(page_data, incident),
        html.P(_sentence(page_data, incident)),
        html.P(html.B(details.sentence)) if details.sentence else None,
        _bars(details) if details.contributions else _no_explanation(incident),
        *[html.P(note, className="faint") for note in _notes(details)],
        _causes(page_data, incident.causes),
        _advice(incident, details),
        feedback.layout(page_data, incident),
        _links(page_data, incident),
    ]


def _head(page_data: AnomaliesData, incident: IncidentResponse) -> Component:
    label, variant = tag_of(incident)
    end = page_data.now if incident.end is None else incident.end
    lasted = span(incident.start, end, page_data.now, page_data.zone)
    lasted = lasted.rpartition(" to ")[0] + " until now" if incident.end is None else lasted
    return html.Div(
        [
            tag(label, variant),
            html.B(name_of(incident)),
            html.Span(f"{naming.app_text(incident.app)}, {lasted}", className="faint num"),
            link(icon("close", "Close the incident"), page_data.view.opening(0), "close-link"),
        ],
        className="explanation-head",
    )


def _sentence(page_data: AnomaliesData, incident: IncidentResponse) -> str:
    metric = MetricText(incident.source, incident.metric)
    at = moment(incident.peak_at, page_data.now, page_data.zone)
    if incident.kind == "no data":
        usual = f", where {metric.text(incident.expected)} is expected" if incident.expected else ""
        return f"No data from {at} on{usual}."
    if incident.kind == "frozen":
        return f"The value stayed at {peak_text(incident)} without any change, which is unusual."
    usual = f"{metric.text(incident.low)} to {metric.text(incident.high)}"
    deviation = metric.deviation(incident.deviation, incident.deviation_percent)
    return (
        f"{peak_text(incident)} at the peak ({at}), where {usual} is usual: {deviation}. "
        f"{SCALES.get(incident.scale, '')}"
    )


def _no_explanation(incident: IncidentResponse) -> Component | None:
    """Nothing where the sentence says already why no slice is drawn."""
    details = incident.details
    if details is not None and details.sentence:
        return None
    text = (
        "Not explained yet: that follows within minutes."
        if details is None
        else "No slice stands out: it happened everywhere."
    )
    return html.P(text, className="faint")


def _bars(details: Explanation) -> Component:
    total = details.total_change
    unit = f"share of the {'extra' if (total or 0) >= 0 else 'missing'} "
    unit += f"{count(abs(total))} {details.unit}" if total is not None else "change"
    most = max((abs(each.share or 0.0) for each in details.contributions), default=1.0)
    rows = [_bar(each, max(most, 1.0)) for each in details.contributions[:MOST_BARS]]
    return html.Div(
        [html.Div([html.B("Where it happened "), html.Span(unit, className="faint")]), *rows],
        className="contributions",
    )


def _bar(each: Contribution, most: float) -> Component:
    share = each.share or 0.0
    name = naming.slice_text(each.slice)
    usual = f"usually {_percent(each.usual_share)}" if each.usual_share is not None else ""
    is_unsure = each.rank_low != each.rank_high
    rank = f"rank {each.rank_low} to {each.rank_high} by chance" if is_unsure else ""
    fill = html.Div(
        className="contribution-fill", style={"width": f"{100 * min(1.0, abs(share) / most):.1f}%"}
    )
    css_class = "contribution" if each.is_notable else "contribution is-usual"
    return html.Div(
        [
            html.Span(name[:1].upper() + name[1:], className="contribution-name clip", title=name),
            html.Div(fill, className="contribution-track"),
            html.Span(_percent(share), className="contribution-share num"),
            html.Span(" · ".join(filter(None, (usual, rank))), className="contribution-note faint"),
        ],
        className=css_class,
    )


def _percent(share: float) -> str:
    """`86 %`: shares of a change are estimates, without decimals."""
    return with_unit(f"{round(100 * share)}".replace("-", MINUS), "%")


def _notes(details: Explanation) -> list[str]:
    shares = {
        "within slices": details.rate_share,
        "by a changed mix of people": details.mix_share,
        "by more or fewer people": details.volume_share,
    }
    named = [
        f"{_percent(share)} {name}"
        for name, share in shares.items()
        if share is not None and abs(share) >= LEAST_SHARE
    ]
    return [*details.notes, *([f"Of the change {', '.join(named)}."] if named else [])]


def _causes(page_data: AnomaliesData, causes: Sequence[Mapping[str, Any]]) -> Component | None:
    if not causes:
        return None
    named = [_cause(page_data, each) for each in causes]
    return html.P([html.B("Near its start: "), "; ".join(named), "."])


def _cause(page_data: AnomaliesData, cause: Mapping[str, Any]) -> str:
    """`Deployment 4.18.1, 11 Mar 08:55`."""
    kind = str(cause.get("kind", ""))
    named = " ".join(filter(None, (CAUSES.get(kind, kind.capitalize()), cause.get("title"))))
    attempts = cause.get("attempts_per_minute")
    of_storm = f" of {count(attempts)} attempts a minute" if attempts else ""
    at = cause.get("at")
    if not isinstance(at, str):
        return named + of_storm
    began = moment(datetime.fromisoformat(at), page_data.now, page_data.zone)
    return f"{named}{of_storm}, {began}"


def _advice(incident: IncidentResponse, details: Explanation) -> Component | None:
    kind = "no_data" if incident.kind == "no data" else ""
    general = advice.advice_for(incident.metric, kind)
    steps = details.advice or (list(general.steps) if general else [])
    if not steps:
        return None
    return html.Details(
        [html.Summary("What to check"), html.Ul([html.Li(each) for each in steps])],
        className="advice-details", open=True,
    )  # fmt: skip


def _links(page_data: AnomaliesData, incident: IncidentResponse) -> Component:
    """The rules that fire for the like of it; for admins a new one; and its series."""
    address = f"{addresses.SERVER_ALERTS}?list=rules"
    links = [
        link([icon("bell"), each.name], f"{address}&edit={each.id}", "control")
        for each in page_data.rules_of(incident)[:MOST_RULES]
    ]
    if page_data.is_admin:
        query = urlencode({
            "edit": 0, "anomalies_of": f"{incident.source}/{incident.metric}",
            "level": incident.severity,
        })  # fmt: skip
        links.append(link([icon("bell"), "Make a rule"], f"{address}&{query}", "control"))
    if incident.metric != page_data.metric.key:
        links.append(link("Draw its metric", page_data.view.drawing(incident.metric), "control"))
    return html.Div(links, className="explanation-links")


def _table(details: Explanation) -> Table:
    columns = [
        column("slice", "Slice", "text"), column("share", "Share of the change", "share"),
        column("usual_share", "Usual share", "share"), column("change", "Change", "number"),
        column("n", "n", "count"), column("sessions", "Sessions", "count"),
    ]  # fmt: skip
    return Table(columns, [
        [naming.slice_text(each.slice), each.share, each.usual_share, each.change, each.n,
         each.sessions]
        for each in details.contributions
    ])  # fmt: skip
