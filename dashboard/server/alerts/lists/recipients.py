"""Who gets messages: e-mail addresses and webhooks, each with its wishes and a test."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.notifications.delivery.recipient_reports import Mail, Recipient
from dashboard.core.numbers import plural
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import framed, table
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.lists.deliveries import KINDS
from dashboard.widgets import states
from dashboard.widgets.pieces import button, icon, menu, tag

HEADER = ("Name", "Kind", "Gets", "")
MAIL_SETTINGS = "SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, EMAIL_FROM"


def layout(reading: Reading) -> Component:
    """The list; the form to add somebody stands beside it."""
    found = reading.desk.recipients.all()
    body: list[Any] = [_unset()] if reading.mail is Mail.UNSET else []
    if found:
        body.append(table(HEADER, [_row(reading, one) for one in found], "table-recipients"))
    else:
        body += _nobody(reading)
    return framed("Recipients", plural(len(found), "recipient"), body)


def form() -> Component:
    """Somebody new."""
    return framed(
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
                    fields.text(alert_ids.RECIPIENT_FORM, "name", "Name", hint="as in the list"),
                    fields.several(
                        alert_ids.RECIPIENT_FORM, "wants", "Gets also",
                        {"resolved": "word of what is resolved", "digest": "the weekly digest"},
                        ["resolved"],
                    ),
                ],
                className="form-grid form-narrow",
            ),
            html.Div(
                button("Add recipient", alert_ids.act("recipient-add"), primary=True),
                className="form-foot",
            ),
        ],
        foot="A webhook is sent Alertmanager's JSON, version 4.",
    )  # fmt: skip


def _row(reading: Reading, one: Recipient) -> list[Any]:
    is_shown = reading.is_admin and one.address != one.name
    address = html.Div(one.address, className="faint clip", title=one.address) if is_shown else None
    gets = ["alerts"]
    gets += ["what is resolved"] if one.wants_resolved else []
    gets += ["the weekly digest"] if one.wants_digest else []
    return [
        html.Div([html.Div(one.name, className="clip"), address]),
        KINDS[one.kind],
        html.Span([", ".join(gets), " ", tag("paused", "warn") if one.paused else None]),
        html.Div(_acts(one) if reading.is_admin else [], className="act-row"),
    ]


def _acts(one: Recipient) -> list[Component]:
    pause = "Resume" if one.paused else "Pause"
    resolved = "No word of what is resolved" if one.wants_resolved else "Tell what is resolved"
    digest = "No weekly digest" if one.wants_digest else "Send the weekly digest"
    wishes = [button(resolved, alert_ids.act("recipient-resolved", one.id))]
    if one.kind == "email":
        wishes.append(button(digest, alert_ids.act("recipient-digest", one.id)))
    wishes.append(button(pause, alert_ids.act(f"recipient-{pause.lower()}", one.id)))
    said = "Nothing more is sent there, not even what waits."
    gone = [html.P(said, className="state-words"),
            button("Remove", alert_ids.act("recipient-remove", one.id))]  # fmt: skip
    return [
        button("Send test message", alert_ids.act("recipient-test", one.id)),
        menu("Change", wishes, "menu-right"),
        menu("Remove", gone, "menu-right"),
    ]


def _unset() -> Component:
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


def _nobody(reading: Reading) -> list[Component]:
    said = (
        "Alerts are shown here, but nobody is told. Add an e-mail address or a webhook."
        if reading.is_admin
        else "Alerts are shown here, but nobody is told. An admin may add recipients."
    )
    return states.message("bell-slash", "No recipients", said)
