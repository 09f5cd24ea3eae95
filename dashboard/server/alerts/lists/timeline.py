"""The timeline of one alert: every transition with value, threshold, n, actor and reason."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse, TransitionResponse
from analytics.alerting.rules.labels import source_filters
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core import addresses
from dashboard.core.times import clock, length
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import content_panel
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.lists.changes import dot
from dashboard.widgets.pieces import icon, link, tag

LEAD = timedelta(minutes=30)  # before the start of the alert, in the linked charts


def layout(page_data: AlertsPageData, alert_id: int) -> Component:
    """The panel. Raises `NoSuch`."""
    timeline = page_data.services.reports.timeline(alert_id)
    alert = timeline.alert
    rule = page_data.rules_of([alert.rule_id]).get(alert.rule_id)
    ended = (
        f", ended {clock(alert.ended_at, page_data.now, page_data.zone)}" if alert.ended_at else ""
    )
    lasted = length((alert.ended_at or page_data.now) - alert.since)
    steps = [_step(page_data, transition, rule) for transition in timeline.transitions]
    return content_panel(
        wording.alert_name(alert.rule, alert.labels),
        f"since {clock(alert.since, page_data.now, page_data.zone)}{ended}, {lasted}",
        [
            html.Div(_facts(alert, rule), className="timeline-facts"),
            html.Ol(steps, className="timeline"),
            _runbook(rule),
        ],
        tools=_close_link(page_data),
        foot=_links(page_data, alert, page_data.rule_of(alert)),
        variant="panel-open",
    )


def _close_link(page_data: AlertsPageData) -> list[Component]:
    if page_data.url_state.alert is None:
        return []
    return [link(icon("close", "Close"), page_data.url_state.alert_address(None), "icon-button")]


def charts_address(alert: AlertResponse, rule: Rule, now: datetime) -> str:
    """The URL of the page that charts the metric, from `LEAD` before the alert to its end."""
    end = (alert.ended_at or now) + timedelta(minutes=1)
    ends = {"start": alert.since - LEAD, "end": end}
    query = {
        name: at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        for name, at in ends.items()
    }
    page = addresses.CLIENT if rule.source == "client" else addresses.SERVER
    filters = source_filters(rule, {**rule.filters, **alert.labels})
    return f"{page}?{urlencode(query | filters)}"


def _facts(alert: AlertResponse, rule: Rule | None) -> list[Component]:
    severity = tag(wording.SEVERITY_LABELS.get(alert.severity, alert.severity),
                   wording.SEVERITY_TAGS.get(alert.severity, "unknown"))  # fmt: skip
    return [
        severity,
        html.Span([dot(alert.state), wording.state_label(alert.state)]),
        html.Span(wording.value_text(alert, rule), className="num"),
    ]


def _step(
    page_data: AlertsPageData, transition: TransitionResponse, rule: Rule | None
) -> Component:
    formula = wording.formula_or_none(rule)
    unit = wording.unit_of(formula)
    value = ""
    if transition.value is not None:
        threshold = transition.threshold
        limit = "" if threshold is None else f" against {amount(threshold, unit)}"
        text = f"{amount(transition.value, unit)}{limit}"
        value = ", ".join(filter(None, [text, wording.sample_text(transition.n, rule)]))
    actor = f"by {transition.actor}" if transition.actor else ""
    cause = " ".join(filter(None, (transition.reason, actor)))
    return html.Li(
        [
            html.Span(clock(transition.at, page_data.now, page_data.zone), className="num faint"),
            html.Span([dot(transition.after), wording.state_label(transition.after)]),
            html.Span(
                [html.Span(value, className="num"), html.Span(cause, className="faint")],
                className="timeline-text",
            ),
        ],
        className="timeline-step",
    )  # fmt: skip


def _runbook(rule: Rule | None) -> Component | None:
    if rule is None or not rule.runbook:
        return None
    return html.Div(
        [html.H3("Runbook", className="field-label"), html.P(rule.runbook, className="runbook")],
        className="timeline-runbook",
    )


def _links(page_data: AlertsPageData, alert: AlertResponse, rule: Rule | None) -> list[Component]:
    edit = link("Open rule", page_data.url_state.editor_address(alert.rule_id), "link")
    if rule is None:
        return [html.Span("Its rule was removed or is invalid."), html.Span()]
    return [link("Open charts", charts_address(alert, rule, page_data.now)), edit]
