"""Filters of the alert history: range, rule, severity, state; and the CSV of the matches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.rule import SEVERITIES
from analytics.ranges.timerange import TimeRange
from dashboard.page import downloads, filter_bar
from dashboard.page.downloads import Download
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.core.url_state import LISTED_STATES, AlertsUrlState
from dashboard.widgets.pieces import icon, link, menu
from models.metrics.alert_state import State

CSV = "/api/ws/alerts"
MOST_UNSEARCHABLE = 10  # a menu with more options gets a search field
Options = Sequence[tuple[str, str]]


def matching_alerts(page_data: AlertsPageData, window: TimeRange) -> list[AlertResponse]:
    """The alerts that match the URL. Raises `TooMany`."""
    url_state = page_data.url_state
    state_filter = {"states": (State(url_state.state),)} if url_state.state else {}
    return page_data.services.reports.between(
        window, severity=url_state.severity or None, rule_id=url_state.rule, **state_filter
    ).alerts


def layout(page_data: AlertsPageData, window: TimeRange) -> list[Component]:
    """The menus and the CSV link."""
    url_state = page_data.url_state
    severities = [("", "Any severity"), *((option, option.capitalize()) for option in SEVERITIES)]
    state_options = [
        ("", "Any state"),
        *((option, wording.state_label(option)) for option in LISTED_STATES),
    ]
    return [
        filter_bar.range_menu(url_state, page_data.now, page_data.zone),
        _filter_menu("Rule", rule_options(page_data), str(url_state.rule or ""),
                lambda value: replace(url_state, rule=int(value) if value else None).search()),
        _filter_menu("Severity", severities,
                url_state.severity, lambda value: replace(url_state, severity=value).search()),
        _filter_menu("State", state_options,
                url_state.state, lambda value: replace(url_state, state=value).search()),
        downloads.layout([_download(url_state)], window, page_data.now, page_data.zone),
    ]  # fmt: skip


def rule_options(page_data: AlertsPageData) -> list[tuple[str, str]]:
    """(id, name) of every rule by name, then of removed ones that have alerts."""
    current = {rule.id: rule.name for rule in page_data.rules.values()}
    removed = {
        rule_id: f"{name} (removed)"
        for rule_id, name in page_data.services.reports.rules_with_alerts().items()
        if rule_id not in current
    }
    selected = page_data.url_state.rule
    if selected is not None and selected not in current | removed:
        removed[selected] = f"Rule {selected} (no alerts)"
    return [("", "Any rule"), *_by_name(current), *_by_name(removed)]


def _by_name(names: Mapping[int, str]) -> list[tuple[str, str]]:
    ordered = sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0]))
    return [(str(number), name) for number, name in ordered]


def cleared_address(url_state: AlertsUrlState) -> str | None:
    """The query string without filters, `None` when none is set."""
    is_narrow = bool(url_state.severity or url_state.state or url_state.rule)
    return replace(url_state, severity="", state="", rule=None).search() if is_narrow else None


def _filter_menu(
    label: str, options: Options, value: str, address: Callable[[str], str]
) -> Component:
    selected = dict(options).get(value, value)
    entries = [
        link(text, address(key), "entry is-chosen" if key == value else "entry")
        for key, text in options
    ]
    sheet: list[Component] = [html.Div(entries, className="entries entries-long")]
    if len(options) > MOST_UNSEARCHABLE:
        finder = dcc.Input(
            type="text", className="finder-text", placeholder=f"Find a {label.lower()}"
        )
        sheet = [finder, *sheet]
    return menu(
        [html.B(selected, className="chip-value", title=selected), icon("chevron")],
        html.Div(sheet, className="choices"),
        "menu-right",
        f"{label}: {selected}",
    )


def _download(url_state: AlertsUrlState) -> Download:
    filters = {"rule": url_state.rule, "severity": url_state.severity, "state": url_state.state}
    query = {name: str(value) for name, value in filters.items() if value}
    return Download("These alerts", CSV, {"format": "csv", **query})
