"""The latest state transitions of all alerts, automatic ones and those made by admins."""

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertTransitionResponse
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core.times import moment
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import content_panel
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.widgets.pieces import link

MOST = 8


def layout(page_data: AlertsPageData) -> Component:
    """The panel."""
    latest = page_data.services.reports.latest_changes(MOST)
    today = page_data.now.astimezone(page_data.zone).date()
    is_today = bool(latest) and all(
        entry.change.at.astimezone(page_data.zone).date() == today for entry in latest
    )
    rules = page_data.rules_of({entry.rule_id for entry in latest})
    body = [_row(page_data, entry, rules.get(entry.rule_id)) for entry in latest]
    return content_panel(
        "Today" if is_today else "Recent",
        "latest state changes",
        [html.Div(body, className="change-rows")]
        if body
        else [html.P("No alert has changed its state yet.", className="state-words padded")],
        tools=[link("All history", page_data.url_state.list_address("history"))],
    )


def dot(state: str) -> Component:
    """The coloured dot of a state, beside its label."""
    return html.Span(className=f"dot dot-{wording.STATE_DOTS.get(state, 'none')}")


def _row(page_data: AlertsPageData, entry: AlertTransitionResponse, rule: Rule | None) -> Component:
    change = entry.change
    unit = wording.unit_of(wording.formula_or_none(rule))
    name = wording.alert_name(entry.rule, entry.labels)
    detail = change.actor or (amount(change.value, unit) if change.value is not None else "")
    return html.Div(
        [
            html.Span(moment(change.at, page_data.now, page_data.zone), className="num faint"),
            html.Span([dot(change.after), wording.state_label(change.after)]),
            html.Span(
                [
                    dcc.Link(
                        name,
                        href=page_data.url_state.alert_address(entry.alert_id),
                        className="quiet-link",
                    ),
                    html.Span(f" {detail}", className="num faint"),
                ],
                className="change-title",
                title=f"{name} {detail}",
            ),
        ],
        className="change-row",
    )
