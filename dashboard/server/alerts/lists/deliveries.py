"""Deliveries of messages (waiting, sent, failed) with the last response of the server."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import STATES, Delivery
from dashboard.core.numbers import DASH
from dashboard.core.times import moment
from dashboard.server.alerts.core.frames import content_panel, table
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.widgets import states
from dashboard.widgets.pieces import link, tag

MOST, MOST_COMPACT = 200, 5
KINDS = {"email": "E-mail", "webhook": "Webhook"}
OUTCOMES = {"waiting": "waiting", "sent": "sent", "dead": "failed"}
TAGS = {"waiting": "unknown", "sent": "good", "dead": "bad"}
RETRIES = "Retried after 1, 2, 4 … 60 min; failed after 24 h."
HEADER = ("Created", "To", "About", "State", "Last response")


def compact_layout(page_data: AlertsPageData) -> Component:
    """The latest deliveries, below the active alerts."""
    deliveries = page_data.services.recipients.deliveries(MOST_COMPACT)
    subjects = message_subjects(page_data, deliveries)
    rows = [
        html.Div(
            [
                html.Span(
                    moment(delivery.created_at, page_data.now, page_data.zone),
                    className="num faint",
                ),
                html.Span(KINDS[delivery.kind]),
                _clipped(f"{subjects[delivery.id]} to {delivery.name}"),
                outcome_tag(delivery),
            ],
            className="delivery-row",
        )
        for delivery in deliveries
    ]
    waiting, dead = page_data.counts.get("waiting", 0), page_data.counts.get("dead", 0)
    return content_panel(
        "Deliveries",
        f"{waiting} waiting, {dead} failed in 7 days",
        [html.Div(rows, className="delivery-rows")]
        if rows
        else [html.P("No messages yet.", className="state-words padded")],
        tools=[link("All deliveries", page_data.url_state.list_address("deliveries"))],
        foot=RETRIES,
    )


def layout(page_data: AlertsPageData) -> Component:
    """The full list, of one outcome if the URL names one."""
    outcome = page_data.url_state.outcome
    deliveries = page_data.services.recipients.deliveries(MOST, outcome or None)
    subjects = message_subjects(page_data, deliveries)
    rows = [_row(page_data, delivery, subjects[delivery.id]) for delivery in deliveries]
    body = [table(HEADER, rows, "table-deliveries")]
    return content_panel(
        "Deliveries",
        f"the newest {MOST}" if len(deliveries) == MOST else "newest first",
        body if deliveries else _empty_state(page_data),
        tools=_filters(page_data),
        foot=RETRIES,
    )


def _empty_state(page_data: AlertsPageData) -> list[Component]:
    url_state = page_data.url_state
    if url_state.outcome:
        clear = link("Show all", replace(url_state, outcome="").search(), "button")
        title = f"No {OUTCOMES[url_state.outcome]} messages"
        return states.message("bell", title, "Among the messages still stored.", [clear])
    sentence = (
        "A message is sent when an alert fires and when it resolves. Recipients can be tested."
    )
    recipients = link("Recipients", url_state.list_address("recipients"), "button")
    return states.message("bell", "No message yet", sentence, [recipients])


def message_subjects(page_data: AlertsPageData, deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """What each message is about, by delivery: a rule (possibly removed) or a weekly digest."""
    rule_ids = {
        delivery.id: rule_id
        for delivery in deliveries
        if (rule_id := _rule_id(delivery)) is not None
    }
    current = {rule_id: rule.name for rule_id, rule in page_data.rules.items()}
    removed = set(rule_ids.values()) - current.keys()
    names = (page_data.services.reports.rules_with_alerts() if removed else {}) | current
    return {
        delivery.id: names.get(rule_ids.get(delivery.id, 0)) or _group_title(delivery)
        for delivery in deliveries
    }


def _rule_id(delivery: Delivery) -> int | None:
    rule = delivery.group_key.removeprefix("rule ")
    is_rule = delivery.subject != "digest" and rule.isascii() and rule.isdigit()
    return int(rule) if is_rule else None


def _group_title(delivery: Delivery) -> str:
    if delivery.subject == "digest":
        return f"Weekly digest {delivery.group_key}"
    return delivery.group_key.capitalize()


def _clipped(text: str) -> Component:
    return html.Span(text, className="change-title", title=text)


def outcome_tag(delivery: Delivery) -> Component:
    """`sent, 3rd try`."""
    label = OUTCOMES[delivery.state]
    if delivery.tries > 1:
        label += f", {ordinal(delivery.tries)} try"
    late = delivery.state != "dead" and delivery.tries > 1
    return tag(label, "warn" if late else TAGS[delivery.state])


def ordinal(number: int) -> str:
    """`1st`, `3rd`, `11th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"


def _row(page_data: AlertsPageData, delivery: Delivery, subject: str) -> list[Any]:
    def at(when: Any) -> str:
        return moment(when, page_data.now, page_data.zone)

    next_try = f"next try {at(delivery.next_try_at)}" if delivery.next_try_at else ""
    response = delivery.response or (next_try or DASH)
    return [
        html.Span(at(delivery.created_at), className="num faint"),
        html.Span(
            f"{KINDS[delivery.kind]}, {delivery.name}", className="clip", title=delivery.name
        ),
        html.Span(subject, className="clip", title=subject),
        html.Span(
            [
                outcome_tag(delivery),
                html.Span(f" {next_try}" if delivery.response else "", className="faint"),
            ]
        ),
        html.Span(response, className="delivery-answer", title=response),
    ]


def _filters(page_data: AlertsPageData) -> list[Component]:
    url_state = page_data.url_state
    choices = {"": "All"} | {name: OUTCOMES[name].capitalize() for name in STATES}
    return [
        link(
            label,
            replace(url_state, outcome=name).search(),
            "segment is-chosen" if name == url_state.outcome else "segment",
        )
        for name, label in choices.items()
    ]
