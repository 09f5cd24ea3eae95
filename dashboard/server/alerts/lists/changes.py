"""The last changes of state of all alerts, whoever made them."""

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import ChangeAnswer
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core.times import moment
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import framed
from dashboard.server.alerts.core.services import Reading
from dashboard.widgets.pieces import link

MOST = 8


def layout(reading: Reading) -> Component:
    """The panel."""
    found = reading.desk.reports.latest_changes(MOST)
    today = reading.now.astimezone(reading.zone).date()
    is_today = bool(found) and all(
        one.change.at.astimezone(reading.zone).date() == today for one in found
    )
    rules = reading.rules_of({one.rule_id for one in found})
    body = [_row(reading, one, rules.get(one.rule_id)) for one in found]
    return framed(
        "Today" if is_today else "Lately",
        "last changes of state",
        [html.Div(body, className="change-rows")]
        if body
        else [html.P("No alert has changed its state yet.", className="state-words padded")],
        tools=[link("All history", reading.place.listing("history"))],
    )


def dot(state: str) -> Component:
    """The state's colour, beside its word."""
    return html.Span(className=f"dot dot-{wording.STATE_DOTS.get(state, 'none')}")


def _row(reading: Reading, one: ChangeAnswer, rule: Rule | None) -> Component:
    change = one.change
    unit = wording.unit_of(wording.reading_or_none(rule))
    name = wording.name_of(one.rule, one.labels)
    more = change.actor or (amount(change.value, unit) if change.value is not None else "")
    return html.Div(
        [
            html.Span(moment(change.at, reading.now, reading.zone), className="num faint"),
            html.Span([dot(change.after), wording.state_words(change.after)]),
            html.Span(
                [
                    dcc.Link(
                        name,
                        href=reading.place.telling(one.alert_id),
                        className="quiet-link",
                    ),
                    html.Span(f" {more}", className="num faint"),
                ],
                className="change-what",
                title=f"{name} {more}",
            ),
        ],
        className="change-row",
    )
