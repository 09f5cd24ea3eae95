"""Silences: of which alerts nobody is told, until when, and who said so."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import SilenceAnswer
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import framed, table
from dashboard.server.alerts.core.services import Reading
from dashboard.widgets import states
from dashboard.widgets.pieces import button, menu

HEADER = ("Rule", "Labels", "Until", "By", "")
ANY = " "  # no rule is called so


def layout(reading: Reading) -> Component:
    """The list of now and of later."""
    rows = [_row(reading, one) for one in reading.silences]
    said = (
        "Alerts still fire and are shown while they are silenced; only the messages stop. "
        "Who heard that one fires hears of its end when the silence is over."
    )
    body: list[Any] = [table(HEADER, rows)] if rows else states.message("bell", "No silences", said)
    return framed(
        "Silences", plural(len(rows), "silence") if rows else "", body, foot=said if rows else None
    )


def form(reading: Reading) -> Component:
    """A new silence."""
    rules = {ANY: "Any rule"} | {one.name: one.name for one in reading.rules.values()}
    return framed(
        "Silence alerts",
        "",
        [
            html.Div(
                [
                    fields.choice(
                        alert_ids.SILENCE_FORM, "rule", "Of rule", rules, ANY, searchable=True
                    ),
                    fields.lines(
                        alert_ids.SILENCE_FORM, "labels", "Only where", "", hint="country=BR",
                    ),
                    fields.span(alert_ids.SILENCE_FORM, "For", reading.now, reading.zone),
                    fields.text(alert_ids.SILENCE_FORM, "note", "Note", hint="why"),
                ],
                className="form-grid form-narrow",
            ),
            html.Div(
                button("Silence", alert_ids.act("silence-add"), primary=True), className="form-foot"
            ),
        ],
        foot="Labels one on a line; without any, all label sets of the rule.",
    )  # fmt: skip


def _row(reading: Reading, one: SilenceAnswer) -> list[Any]:
    until = moment(one.ends_at, reading.now, reading.zone)
    if one.starts_at > reading.now:
        until = f"from {moment(one.starts_at, reading.now, reading.zone)} to {until}"
    labels = ", ".join(f"{name}={value}" for name, value in one.labels.items())
    end = menu(
        "End",
        [html.P("Messages go out again at once.", className="state-words"),
         button("End silence", alert_ids.act("silence-end", one.id))],
        "menu-right",
    )  # fmt: skip
    return [
        html.Span(one.rule or "Any rule", className="clip"),
        html.Span(labels or "all", className="clip", title=labels),
        html.Span(until, className="num"),
        html.Span(
            one.created_by + (f": “{one.note}”" if one.note else ""),
            className="faint clip", title=one.note,
        ),
        html.Div([end] if reading.is_admin else [], className="act-row"),
    ]  # fmt: skip
