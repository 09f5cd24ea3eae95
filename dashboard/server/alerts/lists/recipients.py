"""Recipients of messages: e-mail addresses and webhooks, their options, a test message."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import MailStatus, Recipient
from dashboard.core.numbers import plural
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import content_panel, table
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.lists.deliveries import KINDS
from dashboard.widgets import states
from dashboard.widgets.pieces import button, icon, menu, tag

HEADER = ("Name", "Kind", "Receives", "")
MAIL_SETTINGS = "SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, EMAIL_FROM"


def layout(page_data: AlertsPageData) -> Component:
    """The list; the form stands beside it."""
    recipients = page_data.services.recipients.all()
    body: list[Any] = [_mail_unset_banner()] if page_data.mail is MailStatus.NOT_SET_UP else []
    if recipients:
        rows = [_row(page_data, recipient) for recipient in recipients]
        body.append(table(HEADER, rows, "table-recipients"))
    else:
        body += _empty_state(page_data)
    return content_panel("Recipients", plural(len(recipients), "recipient"), body)


def form() -> Component:
    """The form of a new recipient."""
    return content_panel(
        "Add a recipient",
        "",
        [
            html.Div(
                [
                    fields.choice(alert_ids.RECIPIENT_FORM, "kind", "Kind", KINDS, "email"),
                    fields.text(
                        alert_ids.RECIPIENT_FORM, "address", "Address",
                        hint="admin@example.com or https://example.com/hook",
                    ),
                    fields.text(alert_ids.RECIPIENT_FORM, "name", "Name", hint="shown in the list"),
                    fields.several(
                        alert_ids.RECIPIENT_FORM, "wants", "Also send",
                        {"resolved": "resolved alerts", "digest": "weekly digest"},
                        ["resolved"],
                    ),
                ],
                className="form-grid form-narrow",
            ),
            html.Div(
                button("Add recipient", alert_ids.command("recipient-add"), primary=True),
                className="form-foot",
            ),
        ],
        foot="Webhooks receive Alertmanager's JSON, version 4.",
    )  # fmt: skip


def _row(page_data: AlertsPageData, recipient: Recipient) -> list[Any]:
    shows_address = page_data.is_admin and recipient.address != recipient.name
    address = (
        html.Div(recipient.address, className="faint clip", title=recipient.address)
        if shows_address
        else None
    )
    gets = ["alerts"]
    gets += ["resolved alerts"] if recipient.wants_resolved else []
    gets += ["weekly digest"] if recipient.wants_digest else []
    return [
        html.Div([html.Div(recipient.name, className="clip"), address]),
        KINDS[recipient.kind],
        html.Span([", ".join(gets), " ", tag("paused", "warn") if recipient.paused else None]),
        html.Div(_buttons(recipient) if page_data.is_admin else [], className="act-row"),
    ]


def _buttons(recipient: Recipient) -> list[Component]:
    pause = "Resume" if recipient.paused else "Pause"
    resolved = (
        "Stop sending resolved alerts" if recipient.wants_resolved else "Send resolved alerts"
    )
    digest = "Stop the weekly digest" if recipient.wants_digest else "Send the weekly digest"
    changes = [button(resolved, alert_ids.command("recipient-resolved", recipient.id))]
    if recipient.kind == "email":
        changes.append(button(digest, alert_ids.command("recipient-digest", recipient.id)))
    changes.append(button(pause, alert_ids.command(f"recipient-{pause.lower()}", recipient.id)))
    warning = "No more messages are sent there, including those still waiting."
    remove = button("Remove", alert_ids.command("recipient-remove", recipient.id))
    return [
        button("Send test message", alert_ids.command("recipient-test", recipient.id)),
        menu("Change", changes, "menu-right"),
        menu("Remove", [html.P(warning, className="state-words"), remove], "menu-right"),
    ]


def _mail_unset_banner() -> Component:
    return html.Div(
        [
            icon("warning"),
            html.Span(
                f"E-mail is not set up: nothing is mailed until SMTP_HOST is set. "
                f"The settings are {MAIL_SETTINGS}; webhooks work without them."
            ),
        ],
        className="banner banner-calm frame-banner",
    )


def _empty_state(page_data: AlertsPageData) -> list[Component]:
    sentence = (
        "Alerts are shown here, but nobody is notified. Add an e-mail address or a webhook."
        if page_data.is_admin
        else "Alerts are shown here, but nobody is notified. An admin can add recipients."
    )
    return states.message("bell-slash", "No recipients", sentence)
