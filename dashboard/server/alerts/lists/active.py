"""The list of active alerts: value, duration, notifications sent, acknowledgement."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.rule import SEVERITIES
from analytics.notifications.delivery.recipient_reports import DeliveryCounts
from dashboard.core.numbers import count, plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields, wording
from dashboard.server.alerts.core.frames import content_panel
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.widgets import states
from dashboard.widgets.pieces import button, link, menu, tag
from models.metrics.alert_state import State

MOST_ROWS = 100
ORDER = ("firing", "flapping", "error", "no_data", "recovering", "acknowledged", "pending")
STATE_TAGS = {"firing": "bad", "flapping": "bad", "no_data": "warn", "error": "warn"}


def layout(page_data: AlertsPageData) -> Component:
    """The panel."""
    alerts = by_urgency(page_data.alerts)
    deliveries = page_data.services.recipients.delivery_counts(alerts)
    selected = selected_alert(page_data)
    body = [
        _row(
            page_data,
            alert,
            deliveries.get(alert.id, DeliveryCounts()),
            is_selected=alert.id == selected,
        )
        for alert in alerts[:MOST_ROWS]
    ]
    foot = f"The {MOST_ROWS} most urgent of {count(len(alerts))}."
    return content_panel(
        "Active",
        summary(alerts),
        body or _empty_state(page_data),
        foot=foot if len(alerts) > MOST_ROWS else None,
    )


def by_urgency(alerts: Sequence[AlertResponse]) -> list[AlertResponse]:
    """The most urgent first: by state, then severity, then age."""
    return sorted(
        alerts,
        key=lambda alert: (ORDER.index(alert.state), SEVERITIES.index(alert.severity), alert.since),
    )


def summary(alerts: Sequence[AlertResponse]) -> str:
    """`1 firing, 1 acknowledged, 1 pending`."""
    numbers = {state: sum(alert.state == state for alert in alerts) for state in ORDER}
    return ", ".join(
        f"{number} {wording.state_label(state)}" for state, number in numbers.items() if number
    )


def selected_alert(page_data: AlertsPageData) -> int | None:
    """The id of the alert whose timeline is open: that of the URL, else the most urgent."""
    url_state = page_data.url_state
    if url_state.alert is not None or url_state.edit is not None:
        return url_state.alert
    return next((alert.id for alert in by_urgency(page_data.alerts)), None)


def _row(
    page_data: AlertsPageData,
    alert: AlertResponse,
    deliveries: DeliveryCounts,
    *,
    is_selected: bool,
) -> Component:
    name = dcc.Link(
        wording.alert_name(alert.rule, alert.labels),
        href=page_data.url_state.alert_address(alert.id),
        className="alert-name",
    )
    rule = page_data.rule_of(alert)
    lines: list[Component] = [
        html.Div([name, *_tags(page_data, alert)], className="alert-head"),
        html.Div(wording.value_text(alert, rule), className="num"),
        html.Div(
            wording.status_text(alert, rule, deliveries, page_data.now, page_data.zone),
            className="num faint",
        ),
    ]
    acknowledgement = wording.acknowledgement_text(alert, page_data.now, page_data.zone)
    if acknowledgement:
        lines.append(html.Div(acknowledgement, className="num faint"))
    return html.Div(
        [
            html.Span(className=f"alert-edge edge-{alert.severity}"),
            html.Div(lines, className="alert-lines"),
            html.Div(_buttons(page_data, alert), className="alert-acts acts"),
        ],
        className="alert-row is-chosen" if is_selected else "alert-row",
    )


def _tags(page_data: AlertsPageData, alert: AlertResponse) -> list[Component]:
    severity = tag(wording.SEVERITY_LABELS.get(alert.severity, alert.severity),
                   wording.SEVERITY_TAGS.get(alert.severity, "unknown"))  # fmt: skip
    if alert.state == State.PENDING:
        return [tag(wording.pending_label(alert, page_data.rule_of(alert), page_data.now))]
    if alert.state == State.FIRING:
        return [severity]
    return [severity, tag(wording.state_label(alert.state), STATE_TAGS.get(alert.state, "unknown"))]


def _buttons(page_data: AlertsPageData, alert: AlertResponse) -> list[Component]:
    now = page_data.now
    acknowledgement = alert.acknowledged
    if acknowledgement and acknowledgement.until and acknowledgement.until <= now:
        acknowledgement = None
    status: list[Component] = []
    if acknowledgement is not None:
        end = acknowledgement.until
        text = f"until {moment(end, now, page_data.zone)}" if end else "acknowledged"
        status = [html.Span(text, className="faint")]
    if not page_data.is_admin:
        return status
    withdraw = button("Withdraw", alert_ids.command("withdraw", alert.id))
    return [
        *status,
        withdraw if acknowledgement else _acknowledge_menu(page_data, alert),
        _silence_menu(page_data, alert),
    ]


def _acknowledge_menu(page_data: AlertsPageData, alert: AlertResponse) -> Component:
    form = alert_ids.acknowledge_form(alert.id)
    return menu(
        "Acknowledge",
        [
            html.P(
                "Repeated messages stop. The alert still resolves by itself.", className="faint"
            ),
            fields.text(form, "note", "Note", hint="what is being done"),
            fields.span(form, "For", page_data.now, page_data.zone, for_good="until resolved"),
            button("Acknowledge", alert_ids.command("acknowledge", alert.id), primary=True),
        ],
        "menu-right menu-form",
        f"Acknowledge {wording.alert_name(alert.rule, alert.labels)}",
    )


def _silence_menu(page_data: AlertsPageData, alert: AlertResponse) -> Component:
    form = alert_ids.silence_form(alert.id)
    return menu(
        "Silence",
        [
            html.P(
                [
                    "No messages are sent about ",
                    html.B(wording.alert_name(alert.rule, alert.labels)),
                    ".",
                ],
                className="faint",
            ),
            fields.text(form, "note", "Note", hint="why"),
            fields.span(form, "For", page_data.now, page_data.zone),
            button("Silence", alert_ids.command("silence", alert.id), primary=True),
        ],
        "menu-right menu-form",
        f"Silence {wording.alert_name(alert.rule, alert.labels)}",
    )


def _empty_state(page_data: AlertsPageData) -> list[Component]:
    enabled = [
        stored
        for stored in page_data.rules.values()
        if stored.rule is not None and stored.rule.enabled
    ]
    if not enabled:
        sentence = "Without an enabled rule nothing is evaluated."
        next_step = [link("Rules", page_data.url_state.list_address("rules"), "button")]
        return states.message("bell-slash", "No rule is enabled", sentence, next_step)
    names = ", ".join(stored.name for stored in enabled[:3])
    others = f" and {len(enabled) - 3} more" if len(enabled) > 3 else ""
    sentence = f"{plural(len(enabled), 'enabled rule')}: {names}{others}."
    return states.message("bell", "No alert now", sentence, _next_step(page_data))


def _next_step(page_data: AlertsPageData) -> list[Component]:
    receiving = [
        recipient for recipient in page_data.services.recipients.all() if not recipient.paused
    ]
    if receiving:
        return [link("See the rules", page_data.url_state.list_address("rules"), "button")]
    return [
        link(
            "No recipient is active: add one",
            page_data.url_state.list_address("recipients"),
            "button",
        )
    ]
