"""The bar of the Alerts page: links to its lists with counts, state of evaluation and mail."""

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import MailStatus
from dashboard.core import times
from dashboard.page import filter_bar
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.core.url_state import LISTS, NEW_RULE_ID
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import icon, link

TITLES = {
    "active": "Active",
    "history": "History",
    "rules": "Rules",
    "deliveries": "Deliveries",
    "recipients": "Recipients",
    "silences": "Silences",
}
INTERVAL_TEXT = "every 15 s"
LATE_SECONDS = 90


def layout(page_data: AlertsPageData) -> list[Component]:
    """List links at the left; evaluation state and buttons at the right."""
    zone = filter_bar.zone_menu(page_data.url_state, page_data.zone)
    return [
        _segments(page_data),
        zone,
        html.Div([_state(page_data), *_buttons(page_data)], className="status"),
    ]


def _segments(page_data: AlertsPageData) -> Component:
    counts = {
        "active": len(page_data.alerts),
        "rules": len(page_data.rules),
        "deliveries": page_data.counts.get("dead", 0),
        "silences": len(page_data.silences),
    }
    entries = []
    for name in LISTS:
        number = counts.get(name, 0)
        label = f"{TITLES[name]} {number}" if number else TITLES[name]
        if name == "deliveries" and number:
            label = f"{TITLES[name]} {number} failed"
        variant = "segment is-chosen" if name == page_data.url_state.list_name else "segment"
        entries.append(link(label, page_data.url_state.list_address(name), variant))
    return html.Nav(entries, className="segments", **html_attributes({"aria-label": "Lists"}))


def _state(page_data: AlertsPageData) -> Component:
    mail = f"e-mail {page_data.mail}"
    is_bad_mail = page_data.mail in (MailStatus.FAILING, MailStatus.NOT_SET_UP)
    evaluated_at = page_data.evaluated_at
    if evaluated_at is None:
        evaluation, is_late = "Rules not evaluated yet", True
    else:
        at = times.clock(evaluated_at, page_data.now, page_data.zone)
        evaluation = f"Rules evaluated {at} · {INTERVAL_TEXT}"
        is_late = (page_data.now - evaluated_at).total_seconds() > LATE_SECONDS
    return html.Span(
        [
            html.Span(evaluation, className="is-warn" if is_late else ""),
            " · ",
            link(mail, page_data.url_state.list_address("recipients"), "link is-warn")
            if is_bad_mail
            else html.Span(mail),
        ],
        className="num status-words",
    )


def _buttons(page_data: AlertsPageData) -> list[Component]:
    if not page_data.is_admin:
        return []
    url_state = page_data.url_state
    return [
        link([icon("bell-slash"), "Silence"], url_state.list_address("silences"), "control"),
        link([icon("plus"), "New rule"], url_state.editor_address(NEW_RULE_ID), "control"),
    ]
