"""The list of rules: what each watches, whether it is on, and who changed it last."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import RuleAnswer
from analytics.alerting.lifecycle.alert_state import State
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, wording
from dashboard.server.alerts.core.frames import framed, table
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.core.url_state import NEW
from dashboard.widgets import states
from dashboard.widgets.pieces import button, link, menu, tag

HEADER = ("Rule", "Fires and clears", "Severity", "Version, changed", "")
FIRING = (State.FIRING, State.FLAPPING)


def layout(reading: Reading) -> Component:
    """The panel."""
    rules = list(reading.rules.values())
    off = sum(one.rule is not None and not one.rule.enabled for one in rules)
    body = [table(HEADER, [_row(reading, one) for one in rules], "table-rules")]
    return framed(
        "Rules",
        plural(len(rules), "rule") + (f", {off} off" if off else ""),
        body if rules else _none(reading),
    )


def _row(reading: Reading, one: RuleAnswer) -> list[Any]:
    changed = moment(one.changed_at, reading.now, reading.zone)
    look = "alert-name is-chosen" if one.id == reading.place.edit else "alert-name"
    name = dcc.Link(one.name, href=reading.place.editing(one.id), className=look)
    watched = html.Div(_watched(one), className="faint rule-limits")
    return [
        html.Div([name, *_marks(reading, one), watched], className="rule-named"),
        html.Span(
            wording.limits_words(one.rule) if one.rule else one.fault, className="rule-limits"
        ),
        _severity(one),
        html.Span(
            f"{one.version}, {changed} by {one.changed_by}", className="faint num clip",
            title=one.changed_by,
        ),
        html.Div(_acts(one) if reading.is_admin else [], className="act-row"),
    ]  # fmt: skip


def _watched(one: RuleAnswer) -> str:
    return wording.watched_words(one.rule) if one.rule else ""


def _severity(one: RuleAnswer) -> Component | None:
    if one.rule is None:
        return None
    return tag(wording.SEVERITY_WORDS[one.rule.severity], wording.SEVERITY_TAGS[one.rule.severity])


def _marks(reading: Reading, one: RuleAnswer) -> list[Component]:
    """Beside the name, what one should know of it now."""
    own = [alert.state for alert in reading.alerts if alert.rule_id == one.id]
    firing = sum(state in FIRING for state in own)
    marks = [tag(f"{firing} firing", "bad")] if firing else []
    marks += [tag("off")] if one.rule is not None and not one.rule.enabled else []
    return marks if one.rule is not None else [*marks, tag("cannot be read", "warn")]


def _acts(one: RuleAnswer) -> list[Component]:
    if one.rule is None:
        return [removing(one.id)]
    word = "Disable" if one.rule.enabled else "Enable"
    return [button(word, alert_ids.act(f"rule-{word.lower()}", one.id)), removing(one.id)]


def removing(rule_id: int) -> Component:
    """The confirmation of a removal."""
    said = "It watches no more; alerts that live end. Its versions are kept."
    sheet = [
        html.P(said, className="state-words"),
        button("Delete", alert_ids.act("rule-delete", rule_id)),
    ]
    return menu("Delete", sheet, "menu-right")


def _none(reading: Reading) -> list[Component]:
    act = [link("New rule", reading.place.editing(NEW), "button button-primary")]
    said = "Nothing is watched. A rule says which figure, beyond which value, for how long."
    return states.message("bell-slash", "No rules", said, act if reading.is_admin else [])
