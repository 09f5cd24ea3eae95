"""The list of rules: metric, thresholds, severity, whether enabled, last change."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import RuleResponse
from dashboard.core.numbers import plural
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, wording
from dashboard.server.alerts.core.frames import content_panel, table
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.core.url_state import NEW_RULE_ID
from dashboard.widgets import states
from dashboard.widgets.pieces import button, link, menu, tag
from models.metrics.alert_state import State

HEADER = ("Rule", "Thresholds", "Severity", "Version, changed", "")
FIRING = (State.FIRING, State.FLAPPING)


def layout(page_data: AlertsPageData) -> Component:
    """The panel."""
    rules = list(page_data.rules.values())
    off = sum(stored.rule is not None and not stored.rule.enabled for stored in rules)
    body = [table(HEADER, [_row(page_data, stored) for stored in rules], "table-rules")]
    return content_panel(
        "Rules",
        plural(len(rules), "rule") + (f", {off} disabled" if off else ""),
        body if rules else _empty_state(page_data),
    )


def _row(page_data: AlertsPageData, stored: RuleResponse) -> list[Any]:
    changed = moment(stored.changed_at, page_data.now, page_data.zone)
    variant = "alert-name is-chosen" if stored.id == page_data.url_state.edit else "alert-name"
    name = dcc.Link(
        stored.name, href=page_data.url_state.editor_address(stored.id), className=variant
    )
    measurement = html.Div(_measurement(stored), className="faint rule-limits")
    return [
        html.Div([name, *_tags(page_data, stored), measurement], className="rule-title"),
        html.Span(
            wording.thresholds_text(stored.rule) if stored.rule else stored.fault,
            className="rule-limits",
        ),
        _severity(stored),
        html.Span(
            f"{stored.version}, {changed} by {stored.changed_by}", className="faint num clip",
            title=stored.changed_by,
        ),
        html.Div(_buttons(stored) if page_data.is_admin else [], className="act-row"),
    ]  # fmt: skip


def _measurement(stored: RuleResponse) -> str:
    return wording.measurement_text(stored.rule) if stored.rule else ""


def _severity(stored: RuleResponse) -> Component | None:
    if stored.rule is None:
        return None
    return tag(
        wording.SEVERITY_LABELS[stored.rule.severity], wording.SEVERITY_TAGS[stored.rule.severity]
    )


def _tags(page_data: AlertsPageData, stored: RuleResponse) -> list[Component]:
    """Tags beside the name: alerts firing, disabled, invalid."""
    states = [alert.state for alert in page_data.alerts if alert.rule_id == stored.id]
    firing = sum(state in FIRING for state in states)
    tags = [tag(f"{firing} firing", "bad")] if firing else []
    tags += [tag("disabled")] if stored.rule is not None and not stored.rule.enabled else []
    return tags if stored.rule is not None else [*tags, tag("invalid", "warn")]


def _buttons(stored: RuleResponse) -> list[Component]:
    if stored.rule is None:
        return [delete_menu(stored.id)]
    label = "Disable" if stored.rule.enabled else "Enable"
    return [
        button(label, alert_ids.command(f"rule-{label.lower()}", stored.id)),
        delete_menu(stored.id),
    ]


def delete_menu(rule_id: int) -> Component:
    """The delete button with its confirmation."""
    warning = "The rule is no longer evaluated; its active alerts end. Its versions are kept."
    confirmation = [
        html.P(warning, className="state-words"),
        button("Delete", alert_ids.command("rule-delete", rule_id)),
    ]
    return menu("Delete", confirmation, "menu-right")


def _empty_state(page_data: AlertsPageData) -> list[Component]:
    actions = [
        link("New rule", page_data.url_state.editor_address(NEW_RULE_ID), "button button-primary")
    ]
    sentence = "Nothing is evaluated. A rule sets a metric, a threshold and a duration."
    return states.message("bell-slash", "No rules", sentence, actions if page_data.is_admin else [])
