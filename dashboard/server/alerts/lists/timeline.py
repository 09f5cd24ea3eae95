"""One alert from its beginning: every change of its state, with value, limit, actor and reason."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertAnswer, TransitionAnswer
from analytics.alerting.rules.labels import common
from analytics.alerting.rules.rule import Rule
from analytics.notifications.wording import amount
from dashboard.core.numbers import count
from dashboard.core.times import clock, length
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.frames import framed
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.lists.changes import dot
from dashboard.shell import addresses
from dashboard.widgets.pieces import icon, link, tag

BEFORE = timedelta(minutes=30)  # of what went before, in the view of the figures


def layout(reading: Reading, alert_id: int) -> Component:
    """The panel. Raises `NoSuch`."""
    story = reading.desk.reports.story(alert_id)
    alert = story.alert
    rule = reading.rules_of([alert.rule_id]).get(alert.rule_id)
    ended = f", ended {clock(alert.ended_at, reading.now, reading.zone)}" if alert.ended_at else ""
    lasted = length((alert.ended_at or reading.now) - alert.since)
    steps = [_step(reading, one, rule) for one in story.transitions]
    return framed(
        wording.name_of(alert.rule, alert.labels),
        f"since {clock(alert.since, reading.now, reading.zone)}{ended}, {lasted}",
        [
            html.Div(_facts(alert, rule), className="story-facts"),
            html.Ol(steps, className="story"),
            _advice(rule),
        ],
        tools=_close(reading),
        foot=_links(reading, alert, reading.rule_of(alert)),
        look="panel-open",
    )


def _close(reading: Reading) -> list[Component]:
    if reading.place.alert is None:
        return []
    return [link(icon("close", "Close"), reading.place.telling(None), "icon-button")]


def figures_address(alert: AlertAnswer, rule: Rule, now: datetime) -> str:
    """The page of the figures, from before the trouble to its end."""
    end = (alert.ended_at or now) + timedelta(minutes=1)
    ends = {"start": alert.since - BEFORE, "end": end}
    asked = {
        name: at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        for name, at in ends.items()
    }
    page = addresses.CLIENT if rule.source == "client" else addresses.SERVER
    where = common(rule, {**rule.filters, **alert.labels})
    return f"{page}?{urlencode(asked | where)}"


def _facts(alert: AlertAnswer, rule: Rule | None) -> list[Component]:
    severity = tag(wording.SEVERITY_WORDS.get(alert.severity, alert.severity),
                   wording.SEVERITY_TAGS.get(alert.severity, "unknown"))  # fmt: skip
    return [
        severity,
        html.Span([dot(alert.state), wording.state_words(alert.state)]),
        html.Span(wording.value_words(alert, rule), className="num"),
    ]


def _step(reading: Reading, one: TransitionAnswer, rule: Rule | None) -> Component:
    unit = wording.unit_of(wording.reading_or_none(rule))
    reading_words = wording.reading_or_none(rule)
    noun = f" {reading_words.noun}" if reading_words else ""
    seen = ""
    if one.value is not None:
        limit = f" against {amount(one.threshold, unit)}" if one.threshold is not None else ""
        seen = f"{amount(one.value, unit)}{limit}, n = {count(one.n)}{noun}"
    said = [part for part in (one.reason, f"by {one.actor}" if one.actor else "") if part]
    return html.Li(
        [
            html.Span(clock(one.at, reading.now, reading.zone), className="num faint"),
            html.Span([dot(one.after), wording.state_words(one.after)]),
            html.Span(
                [html.Span(seen, className="num"), html.Span(" ".join(said), className="faint")],
                className="story-words",
            ),
        ],
        className="story-step",
    )  # fmt: skip


def _advice(rule: Rule | None) -> Component | None:
    if rule is None or not rule.runbook:
        return None
    return html.Div(
        [html.H3("What to do", className="field-label"), html.P(rule.runbook, className="runbook")],
        className="story-advice",
    )


def _links(reading: Reading, alert: AlertAnswer, rule: Rule | None) -> list[Component]:
    edit = link("The rule on its history", reading.place.editing(alert.rule_id), "link")
    if rule is None:
        return [html.Span("Its rule is gone or cannot be read."), html.Span()]
    return [link("See the figures", figures_address(alert, rule, reading.now)), edit]
