"""What fires now, beside the figures: the most urgent alerts, with a link to all of them."""

from collections.abc import Callable
from typing import Any

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertAnswer
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.reports import AlertReports
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.url_state import Place
from dashboard.server.alerts.lists import active
from dashboard.server.data import Reading
from dashboard.shell import addresses
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

PANEL = Panel(
    name="firing",
    title="Firing now",
    explain="alerts that fire and of which nobody takes care yet, whatever the filter.",
    look="panel-third panel-natural",
)
MOST = 3
STATES = (State.FIRING, State.FLAPPING)


def drawer(alerts: AlertReports) -> Callable[[Reading], Drawn]:
    """Draws the panel over this reader of alerts."""

    def draw(reading: Reading) -> Drawn:
        found = active.in_order(alerts.active(STATES).alerts)
        rules = {one.id: one.rule for one in alerts.rules().rules} if found else {}
        return Drawn(
            unit=plural(len(found), "alert") if found else "",
            body=html.Div([
                *(_row(reading, one, rules.get(one.rule_id)) for one in found[:MOST]),
                html.Div(link("All alerts", addresses.SERVER_ALERTS), className="firing-row"),
            ]),
            foot=[_rest(len(found))],
            table=Table(
                [column("rule", "Rule", "text"), column("labels", "Labels", "text"),
                 column("severity", "Severity", "text"), column("value", "Value", "number")],
                [[one.rule, ", ".join(one.labels.values()), one.severity, one.value]
                 for one in found],
            ),
            is_empty=not found,
            empty_words="Nothing fires.",
        )  # fmt: skip

    return draw


def _rest(number: int) -> str:
    return f"the {MOST} most urgent of {number}" if number > MOST else ""


def _row(reading: Reading, alert: AlertAnswer, rule: Rule | None) -> Component:
    since: list[Any] = ["since ", moment(alert.since, reading.now, reading.zone)]
    address = addresses.SERVER_ALERTS + Place(usual="7d", preset="7d").telling(alert.id)
    return html.Div(
        [
            html.Div(
                [
                    tag(wording.SEVERITY_WORDS.get(alert.severity, alert.severity),
                        wording.SEVERITY_TAGS.get(alert.severity, "unknown")),
                    link(wording.name_of(alert.rule, alert.labels), address, "alert-name"),
                    html.Span(since, className="num faint firing-since"),
                ],
                className="alert-head",
            ),
            html.Div(wording.value_words(alert, rule), className="num firing-value"),
        ],
        className="firing-row",
    )  # fmt: skip
