"""The list of what is wrong now: each alert with its value, since when, who knows and who acts."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertAnswer
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.rules.rule import SEVERITIES
from analytics.notifications.delivery.recipient_reports import Told
from dashboard.core.numbers import count, plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields, wording
from dashboard.server.alerts.core.frames import framed
from dashboard.server.alerts.core.services import Reading
from dashboard.widgets import states
from dashboard.widgets.pieces import button, link, menu, tag

MOST_ROWS = 100
ORDER = ("firing", "flapping", "error", "no_data", "recovering", "acknowledged", "pending")
STATE_TAGS = {"firing": "bad", "flapping": "bad", "no_data": "warn", "error": "warn"}


def layout(reading: Reading) -> Component:
    """The panel."""
    found = in_order(reading.alerts)
    told = reading.desk.recipients.told(found)
    chosen = chosen_of(reading)
    body = [
        _row(reading, alert, told.get(alert.id, Told()), is_chosen=alert.id == chosen)
        for alert in found[:MOST_ROWS]
    ]
    more = (
        f"The {MOST_ROWS} most urgent of {count(len(found))}." if len(found) > MOST_ROWS else None
    )
    return framed("Active", summary(found), body or _calm(reading), foot=more)


def in_order(alerts: Sequence[AlertAnswer]) -> list[AlertAnswer]:
    """The most urgent first: by state, then severity, then age."""
    return sorted(
        alerts,
        key=lambda one: (ORDER.index(one.state), SEVERITIES.index(one.severity), one.since),
    )


def summary(alerts: Sequence[AlertAnswer]) -> str:
    """`1 firing, 1 acknowledged, 1 pending`."""
    numbers = {state: sum(one.state == state for one in alerts) for state in ORDER}
    return ", ".join(
        f"{number} {wording.state_words(state)}" for state, number in numbers.items() if number
    )


def chosen_of(reading: Reading) -> int | None:
    """The alert whose story stands beside the list: the one asked for, else the most urgent."""
    place = reading.place
    if place.alert is not None or place.edit is not None:
        return place.alert
    return next((one.id for one in in_order(reading.alerts)), None)


def _row(reading: Reading, alert: AlertAnswer, told: Told, *, is_chosen: bool) -> Component:
    name = dcc.Link(
        wording.name_of(alert.rule, alert.labels),
        href=reading.place.telling(alert.id),
        className="alert-name",
    )
    rule = reading.rule_of(alert)
    lines: list[Component] = [
        html.Div([name, *_tags(reading, alert)], className="alert-head"),
        html.Div(wording.value_words(alert, rule), className="num"),
        html.Div(
            wording.standing_words(alert, rule, told, reading.now, reading.zone),
            className="num faint",
        ),
    ]
    taken = wording.acknowledged_words(alert, reading.now, reading.zone)
    if taken:
        lines.append(html.Div(taken, className="num faint"))
    return html.Div(
        [
            html.Span(className=f"alert-edge edge-{alert.severity}"),
            html.Div(lines, className="alert-lines"),
            html.Div(_acts(reading, alert), className="alert-acts acts"),
        ],
        className="alert-row is-chosen" if is_chosen else "alert-row",
    )


def _tags(reading: Reading, alert: AlertAnswer) -> list[Component]:
    severity = tag(wording.SEVERITY_WORDS.get(alert.severity, alert.severity),
                   wording.SEVERITY_TAGS.get(alert.severity, "unknown"))  # fmt: skip
    if alert.state == State.PENDING:
        return [tag(wording.pending_words(alert, reading.rule_of(alert), reading.now))]
    if alert.state == State.FIRING:
        return [severity]
    return [severity, tag(wording.state_words(alert.state), STATE_TAGS.get(alert.state, "unknown"))]


def _acts(reading: Reading, alert: AlertAnswer) -> list[Component]:
    given = alert.acknowledged
    holds = given is not None and (given.until is None or given.until > reading.now)
    until = []
    if given is not None and holds:
        text = f"until {moment(given.until, reading.now, reading.zone)}" if given.until else "taken"
        until = [html.Span(text, className="faint")]
    if not reading.is_admin:
        return list(until)
    withdraw = button("Withdraw", alert_ids.act("withdraw", alert.id))
    return [
        *until,
        withdraw if holds else _acknowledging(reading, alert),
        _silencing(reading, alert),
    ]


def _acknowledging(reading: Reading, alert: AlertAnswer) -> Component:
    form = alert_ids.acknowledging(alert.id)
    return menu(
        "Acknowledge",
        [
            html.P("Repeats stop meanwhile. It still ends when it is over.", className="faint"),
            fields.text(form, "note", "Note", hint="what is being done"),
            fields.span(form, "For", reading.now, reading.zone, for_good="till it ends"),
            button("Acknowledge", alert_ids.act("acknowledge", alert.id), primary=True),
        ],
        "menu-right menu-form",
        f"Acknowledge {wording.name_of(alert.rule, alert.labels)}",
    )


def _silencing(reading: Reading, alert: AlertAnswer) -> Component:
    form = alert_ids.silencing(alert.id)
    return menu(
        "Silence",
        [
            html.P(
                ["Nobody is told of ", html.B(wording.name_of(alert.rule, alert.labels)), "."],
                className="faint",
            ),
            fields.text(form, "note", "Note", hint="why"),
            fields.span(form, "For", reading.now, reading.zone),
            button("Silence", alert_ids.act("silence", alert.id), primary=True),
        ],
        "menu-right menu-form",
        f"Silence {wording.name_of(alert.rule, alert.labels)}",
    )


def _calm(reading: Reading) -> list[Component]:
    watched = [one for one in reading.rules.values() if one.rule is not None and one.rule.enabled]
    if not watched:
        said = "Nothing is watched: no rule is enabled."
        next_step = [link("Rules", reading.place.listing("rules"), "button")]
        return states.message("bell-slash", "No rule is enabled", said, next_step)
    named = ", ".join(one.name for one in watched[:3])
    rest = f" and {len(watched) - 3} more" if len(watched) > 3 else ""
    said = f"{plural(len(watched), 'rule')} watch: {named}{rest}."
    return states.message("bell", "No alert now", said, _unheard(reading))


def _unheard(reading: Reading) -> list[Component]:
    heard = [one for one in reading.desk.recipients.all() if not one.paused]
    if heard:
        return [link("See the rules", reading.place.listing("rules"), "button")]
    return [
        link("Nobody would be told: add a recipient", reading.place.listing("recipients"), "button")
    ]
