"""The most urgent firing alerts, with a link to all of them."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.rule import Rule
from analytics.geo.countries import value_names
from dashboard.core import addresses
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.lists import firing_line
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

from .data import OverviewData

PANEL = Panel(
    name="firing",
    title="Firing now",
    explain="alerts beyond their threshold, acknowledged ones last, whatever the filter.",
    css_class="panel-third panel-natural",
)
MOST = 3


def draw(overview_data: OverviewData) -> PanelContent:
    """The content of the panel."""
    firing = overview_data.firing
    return PanelContent(
        unit=plural(len(firing), "alert") if firing else "",
        body=html.Div([
            *(_row(overview_data, alert, overview_data.rules.get(alert.rule_id))
              for alert in firing[:MOST]),
            html.Div(link("All alerts", addresses.SERVER_ALERTS), className="firing-row"),
        ]),
        foot=[_overflow_note(len(firing))],
        table=Table(
            [column("rule", "Rule", "text"), column("labels", "Labels", "text"),
             column("severity", "Severity", "text"), column("value", "Value", "number"),
             column("acknowledged_by", "Acknowledged by", "text")],
            [[alert.rule, ", ".join(value_names(alert.labels)), alert.severity, alert.value,
              alert.acknowledged.by if alert.acknowledged else ""] for alert in firing],
        ),
        is_empty=not firing,
        empty_text="No alert is firing.",
    )  # fmt: skip


def _overflow_note(number: int) -> str:
    return f"the {MOST} most urgent of {number}" if number > MOST else ""


def _acknowledgement(overview_data: OverviewData, alert: AlertResponse) -> list[Component]:
    text = wording.acknowledgement_text(alert, overview_data.now, overview_data.zone)
    return [html.Div(text, className="faint firing-value")] if text else []


def _row(overview_data: OverviewData, alert: AlertResponse, rule: Rule | None) -> Component:
    name = wording.alert_name(alert.rule, alert.labels)
    since: list[Any] = ["since ", moment(alert.since, overview_data.now, overview_data.zone)]
    return html.Div(
        [
            html.Div(
                [
                    tag(wording.SEVERITY_LABELS.get(alert.severity, alert.severity),
                        wording.SEVERITY_TAGS.get(alert.severity, "unknown")),
                    link(name, firing_line.address_of(alert), "alert-name"),
                    html.Span(since, className="num faint firing-since"),
                ],
                className="alert-head",
            ),
            html.Div(wording.value_text(alert, rule), className="num firing-value"),
            *_acknowledgement(overview_data, alert),
        ],
        className="firing-row",
    )  # fmt: skip
