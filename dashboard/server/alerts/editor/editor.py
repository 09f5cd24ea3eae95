"""The rule editor: its form, with a live preview on the history of the metric."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import RuleResponse
from analytics.alerting.rules.formulas import ROW_COUNTS, aggregations_of, rule_aggregations_of
from analytics.alerting.rules.labels import dimensions_of
from analytics.alerting.rules.rule import ANOMALIES, Aggregation, Rule, Source
from dashboard.core import ids
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import content_panel
from dashboard.server.alerts.core.services import AlertsPageData
from dashboard.server.alerts.core.url_state import NEW_RULE_ID
from dashboard.server.alerts.editor import versions
from dashboard.server.alerts.editor.anomalies_rule import anomalies_rule
from dashboard.server.alerts.editor.rule_form import (
    NEW_RULE,
    NO_BASELINE,
    NOT_SPLIT,
    fields_of,
    threshold_unit,
    unit_of,
)
from dashboard.server.alerts.lists import rules
from dashboard.widgets import panel
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import button, icon, link
from models.metrics.client_catalogue import METRICS
from models.metrics.server_catalogue import SERVER_METRICS

FORM = alert_ids.RULE_FORM
Labels = dict[str, str]
AGGREGATIONS: dict[Aggregation, str] = {
    "rate": "Rate", "ratio": "Share", "p50": "Median", "p95": "95th percentile",
    "p99": "99th percentile", "count": "Count", "mean": "Mean", "anomaly": "Anomaly",
}  # fmt: skip
SEVERITIES = {"critical": "Critical", "warning": "Warning", "info": "Info"}
NO_DATA = {"show": "Show “no data”", "notify": "Show and notify", "keep": "Keep firing"}
DIRECTIONS = {"above": "above", "below": "below"}
CHANNELS = {"email": "E-mail", "webhook": "Webhook"}
LINE_LABELS = {"fire": "Firing threshold line", "clear": "Clear threshold line"}


def layout(page_data: AlertsPageData, rule_id: int, labels: Labels | None = None) -> Component:
    """The panel; for `NEW_RULE_ID` that of a new rule. `labels` select the series to draw in front.
    Raises `NoSuchRecord`."""
    if rule_id == NEW_RULE_ID:
        state = page_data.url_state
        rule = anomalies_rule(state.anomalies_of, state.level) or NEW_RULE
        return _editor_panel(page_data, None, rule, labels)
    stored = page_data.services.reports.rule(rule_id)
    return _editor_panel(page_data, stored, stored.rule or NEW_RULE, labels)


def metric_options() -> dict[str, str]:
    """Labels of every metric a rule can use, by `source/key`."""
    options: dict[str, str] = {}
    sources: tuple[tuple[Source, Any], ...] = (("client", METRICS), ("server", SERVER_METRICS))
    for source, catalog in sources:
        observed = ROW_COUNTS[source]
        options[f"{source}/{ANOMALIES}"] = f"Anomalies of all metrics ({source})"
        options[f"{source}/{observed}"] = f"{observed.capitalize()} ({source})"
        for key, metric in catalog.items():
            if aggregations_of(source, key):
                options[f"{source}/{key}"] = f"{metric.label} ({source})"
    return options


def aggregation_options(metric: str) -> dict[str, str]:
    """Labels of the aggregations of a metric."""
    return {
        aggregation: AGGREGATIONS[aggregation]
        for aggregation in rule_aggregations_of(*_source_and_key(metric))
    }


def split_options(metric: str) -> dict[str, str]:
    """Labels of the dimensions a metric can be split by."""
    return {NOT_SPLIT: "not split", **dimensions_of(*_source_and_key(metric))}


def filters_help(metric: str) -> str:
    """The help text of the filters: the dimensions of a metric."""
    return f"One per line, by {', '.join(dimensions_of(*_source_and_key(metric)))}"


def _source_and_key(metric: str) -> tuple[Source, str]:
    source, _, key = metric.partition("/")
    return ("server" if source == "server" else "client"), key


def _editor_panel(
    page_data: AlertsPageData, stored: RuleResponse | None, rule: Rule, labels: Labels | None
) -> Component:
    title, subtitle = "New rule", ""
    if stored is not None:
        title = "Edit rule" if page_data.is_admin else "Rule"
        changed = moment(stored.changed_at, page_data.now, page_data.zone)
        subtitle = (
            f"{stored.name} · version {stored.version}, changed {changed} by {stored.changed_by}"
        )
    body: list[Any] = [
        _fault_banner(stored),
        dcc.Store(id=alert_ids.FRONT_LABELS, data=labels),
        html.Fieldset([*_condition_fields(page_data, rule), _preview(is_movable=page_data.is_admin),
                       *_notification_fields(page_data, stored, rule)],
                      disabled=not page_data.is_admin, className="editor"),
        html.Div(_buttons(stored) if page_data.is_admin else [], className="form-foot"),
    ]  # fmt: skip
    if stored is not None:
        rule_versions = page_data.services.reports.versions(stored.id).versions
        body.append(versions.layout(rule_versions, page_data.now, page_data.zone))
    close = link(icon("close", "Close"), page_data.url_state.editor_address(None), "icon-button")
    is_selected = page_data.url_state.edit is not None
    return content_panel(
        title, subtitle, body, tools=[close] if is_selected else [], variant="panel-open"
    )


def _fault_banner(stored: RuleResponse | None) -> Component | None:
    if stored is None or stored.fault is None:
        return None
    message = f"This rule is no longer valid ({stored.fault}). Saving the form replaces it."
    return html.Div([icon("warning"), html.Span(message)], className="banner frame-banner")


def baseline_options(page_data: AlertsPageData) -> dict[str, str]:
    """Names of the baselines by id; those of servers say so."""
    options = {NO_BASELINE: "no baseline: with the thresholds alone"}
    for each in page_data.services.reports.baselines():
        options[str(each.id)] = f"{each.name} ({each.source})"
    return options


def _condition_fields(page_data: AlertsPageData, rule: Rule) -> list[Component]:
    values = fields_of(rule)
    is_compared = rule.baseline is not None
    unit, noun = unit_of(rule.source, rule.metric, rule.aggregation, is_compared=is_compared)
    unit = threshold_unit(unit, is_compared=is_compared)
    baselines = baseline_options(page_data)
    if values["baseline"] not in baselines:
        baselines[values["baseline"]] = "a baseline that was removed"
    metric = values["metric"]
    return [
        html.Div(
            [
                fields.text(FORM, "name", "Name", values["name"]),
                fields.choice(FORM, "metric", "Metric", metric_options(), metric, searchable=True),
                fields.choice(FORM, "aggregation", "Aggregation", aggregation_options(metric),
                              values["aggregation"]),
                fields.text(FORM, "window_seconds", "Window", values["window_seconds"], unit="min"),
                fields.choice(FORM, "split_by", "Split by", split_options(metric),
                              values["split_by"]),
                fields.text(FORM, "minimum_n", "Minimum n", values["minimum_n"], unit=noun,
                            help_text="Below it the rule is not evaluated"),
                fields.lines(FORM, "filters", "Filters", values["filters"], hint="country=BR",
                             rows=1, help_text=filters_help(metric)),
                fields.choice(FORM, "baseline", "Compare with the baseline", baselines,
                              values["baseline"],
                              help_text="Thresholds: by how much worse at this hour of the day"),
                fields.choice(FORM, "direction", "Fires when the value is", DIRECTIONS,
                              values["direction"]),
                fields.text(FORM, "fire", "Firing threshold", values["fire"], unit=unit),
                fields.text(FORM, "for_seconds", "Pending period", values["for_seconds"],
                            unit="min", help_text="How long it must last to fire"),
                fields.text(FORM, "clear", "Clear threshold", values["clear"], unit=unit,
                            hint="same"),
                fields.text(FORM, "keep_firing_seconds", "Keep firing for",
                            values["keep_firing_seconds"], unit="min",
                            help_text="How long it must stay clear to resolve"),
            ],
            className="form-grid",
        )
    ]  # fmt: skip


def _preview(*, is_movable: bool) -> Component:
    return html.Div(
        [
            html.Div(
                id=alert_ids.SENTENCE,
                className="preview-sentence",
                **html_attributes({"aria-live": "polite"}),
            ),
            html.Div(id=alert_ids.SUGGESTED, className="preview-suggested"),
            html.Div(
                [
                    panel.graph(alert_ids.HISTORY_PANEL, "History of the metric"),
                    dcc.Store(id=ids.part(alert_ids.HISTORY_PANEL, "table")),
                    html.Div(
                        [_threshold_line("fire"), _threshold_line("clear")],
                        id=alert_ids.LINES,
                        className=alert_ids.LINES,
                    )
                    if is_movable
                    else None,
                ],
                className="preview-chart",
                **html_attributes({"data-panel": alert_ids.HISTORY_PANEL}),
            ),
            html.Div(id=alert_ids.PREVIEW_FOOT, className="panel-foot"),
        ],
        id=alert_ids.PREVIEW,
        className="preview is-updating",
    )


def _threshold_line(limit: str) -> Component:
    """A draggable threshold line; `rule_lines.js` sets its position and label."""
    return html.Div(
        [html.Span(className="rule-label"), html.Span(className="rule-grip")],
        className=f"rule-line of-{limit}",
        role="slider",
        tabIndex=0,
        **html_attributes({"data-limit": limit, "aria-label": LINE_LABELS[limit],
                  "aria-orientation": "vertical"}),
    )  # fmt: skip


def _notification_fields(
    page_data: AlertsPageData, stored: RuleResponse | None, rule: Rule
) -> list[Component]:
    values = fields_of(rule)
    recipients = {
        str(recipient.id): recipient.name for recipient in page_data.services.recipients.all()
    }
    others = {
        other.name: other.name
        for other in page_data.rules.values()
        if stored is None or other.id != stored.id
    }
    return [
        html.Div(
            [
                fields.choice(FORM, "severity", "Severity", SEVERITIES, values["severity"]),
                fields.several(FORM, "channels", "Notify by", CHANNELS, values["channels"]),
                fields.text(FORM, "repeat_seconds", "Repeat every", values["repeat_seconds"],
                            unit="h", help_text="While it fires; 0: never"),
                fields.choice(FORM, "no_data", "When data is missing", NO_DATA, values["no_data"]),
                fields.text(FORM, "quiet_hours.start", "Quiet hours from",
                            values["quiet_hours.start"], hint="22:00",
                            help_text="No messages during these hours"),
                fields.text(FORM, "quiet_hours.end", "Quiet hours to",
                            values["quiet_hours.end"], hint="06:00"),
                fields.text(FORM, "quiet_hours.zone", "Time zone",
                            values["quiet_hours.zone"], hint="Europe/Berlin"),
                fields.several(FORM, "notify_resolved", "Resolved alerts",
                               {"yes": "Also notify when resolved"}, values["notify_resolved"]),
            ],
            className="form-grid",
        ),
        html.Div(
            [
                fields.several(FORM, "recipients", "Recipients", recipients,
                               values["recipients"], help_text="None selected: all recipients"),
                fields.several(FORM, "inhibited_by", "Inhibited by", others,
                               values["inhibited_by"],
                               help_text="No messages while one of these rules fires"),
            ],
            className="form-grid form-half",
        ),
        fields.lines(FORM, "runbook", "Runbook", values["runbook"],
                     help_text="What to do when it fires; part of every message"),
        fields.several(FORM, "enabled", "Status", {"on": "Enabled"}, values["enabled"]),
    ]  # fmt: skip


def _buttons(stored: RuleResponse | None) -> list[Component]:
    label = f"Save as version {stored.version + 1}" if stored else "Create rule"
    save = button(
        label, alert_ids.command("rule-save", stored.id if stored else NEW_RULE_ID), primary=True
    )
    return [rules.delete_menu(stored.id), save] if stored else [save]
