"""Silences: rule, labels, end and author."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import SilenceResponse
from analytics.geo.countries import value_name
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import content_panel, table
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.widgets import states
from dashboard.widgets.pieces import button, menu

HEADER = ("Rule", "Labels", "Until", "By", "")
ANY = " "  # not a valid rule name


def layout(page_data: AlertsPageData) -> Component:
    """The active and scheduled silences."""
    rows = [_row(page_data, silence) for silence in page_data.silences]
    explanation = (
        "Silenced alerts still fire and are shown; only the messages stop. "
        "Recipients notified before the silence learn of the resolution when it ends."
    )
    body: list[Any] = (
        [table(HEADER, rows)] if rows else states.message("bell", "No silences", explanation)
    )
    return content_panel(
        "Silences",
        plural(len(rows), "silence") if rows else "",
        body,
        foot=explanation if rows else None,
    )


def form(page_data: AlertsPageData) -> Component:
    """The form of a new silence."""
    rules = {ANY: "Any rule"} | {rule.name: rule.name for rule in page_data.rules.values()}
    return content_panel(
        "Silence alerts",
        "",
        [
            html.Div(
                [
                    fields.choice(
                        alert_ids.SILENCE_FORM, "rule", "Rule", rules, ANY, searchable=True
                    ),
                    fields.lines(
                        alert_ids.SILENCE_FORM, "labels", "Labels", "", hint="country=BR",
                    ),
                    fields.span(alert_ids.SILENCE_FORM, "For", page_data.now, page_data.zone),
                    fields.text(alert_ids.SILENCE_FORM, "note", "Note", hint="why"),
                ],
                className="form-grid form-narrow",
            ),
            html.Div(
                button("Silence", alert_ids.command("silence-add"), primary=True),
                className="form-foot",
            ),
        ],
        foot="One label per line; without labels, every label set of the rule.",
    )  # fmt: skip


def _row(page_data: AlertsPageData, silence: SilenceResponse) -> list[Any]:
    period = moment(silence.ends_at, page_data.now, page_data.zone)
    if silence.starts_at > page_data.now:
        period = f"from {moment(silence.starts_at, page_data.now, page_data.zone)} to {period}"
    labels = ", ".join(
        f"{name} {value_name(name, value)}" for name, value in silence.labels.items()
    )
    end = menu(
        "End",
        [html.P("Messages are sent again immediately.", className="state-words"),
         button("End silence", alert_ids.command("silence-end", silence.id))],
        "menu-right",
    )  # fmt: skip
    return [
        html.Span(silence.rule or "Any rule", className="clip"),
        html.Span(labels or "all", className="clip", title=labels),
        html.Span(period, className="num"),
        html.Span(
            silence.created_by + (f": “{silence.note}”" if silence.note else ""),
            className="faint clip", title=silence.note,
        ),
        html.Div([end] if page_data.is_admin else [], className="act-row"),
    ]  # fmt: skip
