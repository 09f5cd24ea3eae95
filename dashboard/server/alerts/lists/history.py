"""The alerts of a range: state, duration, last value, acknowledgement."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core.numbers import plural
from dashboard.core.times import length, moment
from dashboard.page import filter_bar
from dashboard.page.refusal import RefusedRange
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import content_panel, table
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.lists import filters
from dashboard.server.alerts.lists.changes import dot
from dashboard.widgets import states
from dashboard.widgets.pieces import link, tag

MOST_ROWS = 300
LONGEST_RANGE = "30d"
HEADER = ("Since", "Alert", "Severity", "State", "Duration", "Last value", "Acknowledged by")


def layout(page_data: AlertsPageData) -> Component:
    """The panel with its filters; without alerts where the range cannot be read."""
    state = page_data.url_state
    if state.range_fault:
        ranges = [filter_bar.range_menu(state, page_data.now, page_data.zone)]
        message = RefusedRange(state).full_message()
        return content_panel("History", "", message, tools=ranges, variant="panel-open")
    window = page_data.url_state.window(page_data.now, page_data.zone)
    alerts = filters.matching_alerts(page_data, window)
    rows = alerts[:MOST_ROWS]
    return content_panel(
        "History",
        plural(len(alerts), "alert"),
        [_table(page_data, rows)] if rows else _empty_state(page_data),
        tools=filters.layout(page_data, window),
        foot=f"The newest {MOST_ROWS} of {len(alerts)}; the CSV has all."
        if len(alerts) > MOST_ROWS
        else None,
        variant="panel-open",
    )


def duration_label(alert: AlertResponse, now: datetime) -> str:
    """`45 min`, with a suffix while it is active."""
    end = alert.ended_at or now
    return f"{length(end - alert.since)}{'' if alert.ended_at else ', ongoing'}"


def _table(page_data: AlertsPageData, alerts: Sequence[AlertResponse]) -> Component:
    rules = page_data.rules_of({alert.rule_id for alert in alerts})
    rows = [_row(page_data, alert, rules.get(alert.rule_id)) for alert in alerts]
    return table(HEADER, rows, "table-alerts")


def _row(page_data: AlertsPageData, alert: AlertResponse, rule: Rule | None) -> list[Any]:
    formula = wording.formula_or_none(rule)
    sample = wording.sample_text(alert.n, rule)
    name = dcc.Link(
        wording.alert_name(alert.rule, alert.labels),
        href=page_data.url_state.alert_address(alert.id),
        className="quiet-link",
    )
    return [
        html.Span(moment(alert.since, page_data.now, page_data.zone), className="num faint"),
        html.Span(name, className="clip"),
        tag(wording.SEVERITY_LABELS.get(alert.severity, alert.severity),
            wording.SEVERITY_TAGS.get(alert.severity, "unknown")),
        html.Span([dot(alert.state), wording.state_label(alert.state)]),
        html.Span(duration_label(alert, page_data.now), className="num"),
        html.Span(
            [
                amount(alert.value, wording.unit_of(formula)),
                html.Span(f" · {sample}", className="faint") if sample else None,
            ],
            className="num",
        ),
        html.Span(alert.acknowledged.by if alert.acknowledged else "", className="faint clip"),
    ]  # fmt: skip


def _empty_state(page_data: AlertsPageData) -> list[Component]:
    unfiltered = filters.cleared_address(page_data.url_state)
    label = filter_bar.range_label(page_data.url_state, page_data.now, page_data.zone)
    range_text = label[:1].lower() + label[1:]
    if unfiltered is not None:
        return states.message(
            "bell", "No alert matches the filter",
            f"Other alerts may have fired: {range_text}.",
            [link("Show all", unfiltered, "button")],
        )  # fmt: skip
    url_state = page_data.url_state
    is_longest = url_state.is_fixed or url_state.preset == LONGEST_RANGE
    longer = replace(url_state, preset=LONGEST_RANGE).search()
    rules = link("See the rules", url_state.list_address("rules"), "button")
    return states.message(
        "bell", "No alert in this range", f"Nothing fired: {range_text}.",
        [rules if is_longest else link("Last 30 days", longer, "button")],
    )  # fmt: skip
