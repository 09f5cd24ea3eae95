"""The alerts of a range: what fired, for how long, how high, and who took care."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alert_answers import AlertAnswer
from analytics.alerting.rule import SEVERITIES
from analytics.alerting.standing import State
from analytics.notice_words import amount
from dashboard.numbers import plural
from dashboard.server.alerts import words
from dashboard.server.alerts.changes import dot
from dashboard.server.alerts.desk import Reading
from dashboard.server.alerts.frames import framed, table
from dashboard.server.alerts.place import SHOWN_STATES
from dashboard.shell import filter_bar
from dashboard.times import length, moment
from dashboard.widgets import states
from dashboard.widgets.pieces import icon, link, menu, tag

CSV = "/api/ws/alerts"
MOST_ROWS = 300
HEADER = ("Since", "Alert", "Severity", "State", "Lasted", "Last value", "Taken by")


def layout(reading: Reading) -> Component:
    """The panel with its filters."""
    place = reading.place
    window = place.window(reading.now)
    chosen = {"states": (State(place.state),)} if place.state else {}
    found = reading.desk.reports.between(window, severity=place.severity or None, **chosen).alerts
    found = [one for one in found if place.rule in (None, one.rule_id)]
    shown = found[:MOST_ROWS]
    return framed(
        "History",
        plural(len(found), "alert"),
        [table(HEADER, [_row(reading, one) for one in shown])] if shown else _none(reading),
        tools=[
            *_filters(reading),
            _download(place.severity, place.state, window.start, window.end),
        ],
        foot=f"The newest {MOST_ROWS} of {len(found)}; the CSV holds all."
        if len(found) > MOST_ROWS
        else None,
        look="panel-open",
    )


def lasted(alert: AlertAnswer, now: datetime) -> str:
    """`45 min`, or `since 45 min` while it goes on."""
    end = alert.ended_at or now
    return f"{length(end - alert.since)}{'' if alert.ended_at else ', goes on'}"


def _row(reading: Reading, alert: AlertAnswer) -> list[Any]:
    unit = words.unit_of(words.reading_or_none(reading.rule_of(alert)))
    name = dcc.Link(
        words.name_of(alert.rule, alert.labels),
        href=reading.place.telling(alert.id),
        className="quiet-link",
    )
    return [
        html.Span(moment(alert.since, reading.now, reading.zone), className="num faint"),
        html.Span(name, className="clip"),
        tag(words.SEVERITY_WORDS.get(alert.severity, alert.severity),
            words.SEVERITY_TAGS.get(alert.severity, "unknown")),
        html.Span([dot(alert.state), words.state_words(alert.state)]),
        html.Span(lasted(alert, reading.now), className="num"),
        html.Span(amount(alert.value, unit), className="num"),
        html.Span(alert.acknowledged.by if alert.acknowledged else "", className="faint clip"),
    ]  # fmt: skip


def _filters(reading: Reading) -> list[Component]:
    place = reading.place
    rules = [("", "Any rule")] + [(str(one.id), one.name) for one in reading.rules.values()]
    severities = [("", "Any severity"), *((one, one.capitalize()) for one in SEVERITIES)]
    some = [("", "Any state"), *((one, words.state_words(one)) for one in SHOWN_STATES)]
    return [
        filter_bar.range_menu(place, reading.zone),
        _choice("Rule", rules, str(place.rule or ""),
                lambda value: replace(place, rule=int(value) if value else None).search()),
        _choice("Severity", severities,
                place.severity, lambda value: replace(place, severity=value).search()),
        _choice("State", some,
                place.state, lambda value: replace(place, state=value).search()),
    ]  # fmt: skip


def _choice(label: str, options: Sequence[tuple[str, str]], value: str, address: Any) -> Component:
    shown = dict(options).get(value, value)
    entries = [
        link(word, address(key), "entry is-chosen" if key == value else "entry")
        for key, word in options
    ]
    sheet = html.Div(entries, className="entries entries-long")
    return menu(
        [html.B(shown, className="chip-value"), icon("chevron")], sheet, "menu-right", label
    )


def _download(severity: str, state: str, start: datetime, end: datetime) -> Component:
    def written(at: datetime) -> str:
        return at.astimezone(UTC).isoformat().replace("+00:00", "Z")

    asked = {"format": "csv", "start": written(start), "end": written(end)}
    asked |= {name: value for name, value in (("severity", severity), ("state", state)) if value}
    return html.A(
        icon("download", "Download the alerts of this range as CSV"),
        href=f"{CSV}?{urlencode(asked)}",
        className="icon-button",
        download="",
    )


def _none(reading: Reading) -> list[Component]:
    place = reading.place
    is_filtered = bool(place.severity or place.state or place.rule)
    if is_filtered:
        clear = replace(place, severity="", state="", rule=None).search()
        return states.message(
            "bell", "No alert matches the filter", "Others may have fired in this range.",
            [link("Show all", clear, "button")],
        )  # fmt: skip
    said = f"Nothing fired: {filter_bar.range_words(place, reading.zone).lower()}."
    return states.message("bell", "No alert in this range", said)
