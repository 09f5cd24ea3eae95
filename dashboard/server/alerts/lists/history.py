"""The alerts of a range: what fired, for how long, how high, and who took care."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertAnswer
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core.numbers import count, plural
from dashboard.core.times import length, moment
from dashboard.core.url_state import PRESETS
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import framed, table
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.lists import filters
from dashboard.server.alerts.lists.changes import dot
from dashboard.shell import filter_bar
from dashboard.widgets import states
from dashboard.widgets.pieces import link, tag

MOST_ROWS = 300
LONGEST_RANGE = "30d"
HEADER = ("Since", "Alert", "Severity", "State", "Lasted", "Last value", "Taken by")


def layout(reading: Reading) -> Component:
    """The panel with its filters."""
    window = reading.place.window(reading.now)
    found = filters.found(reading, window)
    shown = found[:MOST_ROWS]
    return framed(
        "History",
        plural(len(found), "alert"),
        [_table(reading, shown)] if shown else _none(reading),
        tools=filters.layout(reading, window),
        foot=f"The newest {MOST_ROWS} of {len(found)}; the CSV holds all."
        if len(found) > MOST_ROWS
        else None,
        look="panel-open",
    )


def lasted(alert: AlertAnswer, now: datetime) -> str:
    """`45 min`, or `since 45 min` while it goes on."""
    end = alert.ended_at or now
    return f"{length(end - alert.since)}{'' if alert.ended_at else ', goes on'}"


def _table(reading: Reading, shown: Sequence[AlertAnswer]) -> Component:
    rules = reading.rules_of({one.rule_id for one in shown})
    rows = [_row(reading, one, rules.get(one.rule_id)) for one in shown]
    return table(HEADER, rows, "table-alerts")


def _row(reading: Reading, alert: AlertAnswer, rule: Rule | None) -> list[Any]:
    measured = wording.reading_or_none(rule)
    noun = f" {measured.noun}" if measured else ""
    name = dcc.Link(
        wording.name_of(alert.rule, alert.labels),
        href=reading.place.telling(alert.id),
        className="quiet-link",
    )
    return [
        html.Span(moment(alert.since, reading.now, reading.zone), className="num faint"),
        html.Span(name, className="clip"),
        tag(wording.SEVERITY_WORDS.get(alert.severity, alert.severity),
            wording.SEVERITY_TAGS.get(alert.severity, "unknown")),
        html.Span([dot(alert.state), wording.state_words(alert.state)]),
        html.Span(lasted(alert, reading.now), className="num"),
        html.Span(
            [
                amount(alert.value, wording.unit_of(measured)),
                html.Span(f" · n = {count(alert.n)}{noun}", className="faint"),
            ],
            className="num",
        ),
        html.Span(alert.acknowledged.by if alert.acknowledged else "", className="faint clip"),
    ]  # fmt: skip


def _none(reading: Reading) -> list[Component]:
    clear = filters.clear(reading.place)
    span = filter_bar.range_words(reading.place, reading.zone)
    if clear is not None:
        return states.message(
            "bell", "No alert matches the filter", f"Others may have fired: {span.lower()}.",
            [link("Show all", clear, "button")],
        )  # fmt: skip
    place = reading.place
    is_longest = place.is_fixed or place.preset == LONGEST_RANGE
    longer = replace(place, preset=LONGEST_RANGE).search()
    rules = link("See the rules", place.listing("rules"), "button")
    return states.message(
        "bell", "No alert in this range", f"Nothing fired: {span.lower()}.",
        [rules if is_longest else link(f"Last {PRESETS[LONGEST_RANGE][0]}", longer, "button")],
    )  # fmt: skip
