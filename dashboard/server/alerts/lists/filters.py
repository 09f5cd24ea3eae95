"""What narrows the history of alerts: range, rule, severity, state, and the CSV of what is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertAnswer
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.rules.rule import SEVERITIES
from analytics.ranges.timerange import TimeRange
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.core.url_state import SHOWN_STATES, Place
from dashboard.shell import filter_bar
from dashboard.widgets.pieces import icon, link, menu

CSV = "/api/ws/alerts"
FEW = 10  # of so many entries one sees each at a glance
Options = Sequence[tuple[str, str]]


def found(reading: Reading, window: TimeRange) -> list[AlertAnswer]:
    """The alerts the address asks for. Raises `TooMany`."""
    place = reading.place
    chosen = {"states": (State(place.state),)} if place.state else {}
    return reading.desk.reports.between(
        window, severity=place.severity or None, rule_id=place.rule, **chosen
    ).alerts


def layout(reading: Reading, window: TimeRange) -> list[Component]:
    """The menus, and the link to the CSV."""
    place = reading.place
    severities = [("", "Any severity"), *((one, one.capitalize()) for one in SEVERITIES)]
    some = [("", "Any state"), *((one, wording.state_words(one)) for one in SHOWN_STATES)]
    return [
        filter_bar.range_menu(place, reading.zone),
        _choice("Rule", rules_of(reading), str(place.rule or ""),
                lambda value: replace(place, rule=int(value) if value else None).search()),
        _choice("Severity", severities,
                place.severity, lambda value: replace(place, severity=value).search()),
        _choice("State", some,
                place.state, lambda value: replace(place, state=value).search()),
        _download(place, window.start, window.end),
    ]  # fmt: skip


def rules_of(reading: Reading) -> list[tuple[str, str]]:
    """(number, name) of every rule by name, then of those that are gone but have alerts."""
    known = {rule.id: rule.name for rule in reading.rules.values()}
    gone = {
        number: f"{name} (removed)"
        for number, name in reading.desk.reports.ruled().items()
        if number not in known
    }
    asked = reading.place.rule
    if asked is not None and asked not in known | gone:
        gone[asked] = f"Rule {asked} (no alerts)"
    return [("", "Any rule"), *_by_name(known), *_by_name(gone)]


def _by_name(names: Mapping[int, str]) -> list[tuple[str, str]]:
    ordered = sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    return [(str(number), name) for number, name in ordered]


def clear(place: Place) -> str | None:
    """The address without the filters, `None` when there are none."""
    is_narrow = bool(place.severity or place.state or place.rule)
    return replace(place, severity="", state="", rule=None).search() if is_narrow else None


def _choice(label: str, options: Options, value: str, address: Callable[[str], str]) -> Component:
    shown = dict(options).get(value, value)
    entries = [
        link(word, address(key), "entry is-chosen" if key == value else "entry")
        for key, word in options
    ]
    sheet: list[Component] = [html.Div(entries, className="entries entries-long")]
    if len(options) > FEW:
        finder = dcc.Input(
            type="text", className="finder-text", placeholder=f"Find a {label.lower()}"
        )
        sheet = [finder, *sheet]
    return menu(
        [html.B(shown, className="chip-value", title=shown), icon("chevron")],
        html.Div(sheet, className="choices"),
        "menu-right",
        f"{label}: {shown}",
    )


def _download(place: Place, start: datetime, end: datetime) -> Component:
    asked = {"format": "csv", "start": _written(start), "end": _written(end)}
    filters = {"rule": place.rule, "severity": place.severity, "state": place.state}
    asked |= {name: str(value) for name, value in filters.items() if value}
    return html.A(
        icon("download", "Download these alerts as CSV"),
        href=f"{CSV}?{urlencode(asked)}",
        className="icon-button",
        title="Download these alerts as CSV",
        download="",
    )


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
