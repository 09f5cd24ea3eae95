"""The editor of a rule: its form, drawn on its metric's own history while it is filled."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.alerting.answers import RuleAnswer
from analytics.alerting.rules.formulas import OBSERVED, aggregations_of
from analytics.alerting.rules.labels import dimensions_of
from analytics.alerting.rules.rule import Aggregation, Rule, Source
from dashboard.core import ids
from dashboard.core.times import moment
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.frames import framed
from dashboard.server.alerts.core.services import Reading
from dashboard.server.alerts.core.url_state import NEW
from dashboard.server.alerts.editor import versions
from dashboard.server.alerts.editor.rule_form import NEW_RULE, WHOLE, fields_of, unit_of
from dashboard.server.alerts.lists import rules
from dashboard.widgets import panel
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import button, icon, link
from models.metrics.client_catalogue import METRICS
from models.metrics.server_catalogue import SERVER_METRICS

F = alert_ids.RULE_FORM
Labels = dict[str, str]
AGGREGATIONS: dict[Aggregation, str] = {
    "rate": "Rate", "ratio": "Share", "p50": "Median", "p95": "95th percentile",
    "p99": "99th percentile", "count": "Count", "mean": "Mean",
}  # fmt: skip
SEVERITIES = {"critical": "Critical", "warning": "Warning", "info": "Info"}
NO_DATA = {"show": "Show “no data”", "notify": "Show and tell", "keep": "Keep firing"}
DIRECTIONS = {"above": "above", "below": "below"}
CHANNELS = {"email": "E-mail", "webhook": "Webhook"}


def layout(reading: Reading, rule_id: int, labels: Labels | None = None) -> Component:
    """The panel; for a number nobody has, `NEW`, a rule to be made. `labels` are those to draw in
    front. Raises `NoSuch`."""
    if rule_id == NEW:
        return _framed(reading, None, NEW_RULE, labels)
    stored = reading.desk.reports.rule(rule_id)
    return _framed(reading, stored, stored.rule or NEW_RULE, labels)


def metrics() -> dict[str, str]:
    """Every metric that can be watched, by `source/key`."""
    found: dict[str, str] = {}
    sources: tuple[tuple[Source, Any], ...] = (("client", METRICS), ("server", SERVER_METRICS))
    for source, catalog in sources:
        own = OBSERVED[source]
        found[f"{source}/{own}"] = f"{own.capitalize()} ({source})"
        for key, metric in catalog.items():
            if aggregations_of(source, key):
                found[f"{source}/{key}"] = f"{metric.label} ({source})"
    return found


def ways_of(metric: str) -> dict[str, str]:
    """How a metric can be read."""
    return {way: AGGREGATIONS[way] for way in aggregations_of(*_parts(metric))}


def splits_of(metric: str) -> dict[str, str]:
    """By what a metric can be split."""
    return {WHOLE: "nothing", **dimensions_of(*_parts(metric))}


def filters_words(metric: str) -> str:
    """By what a metric can be filtered, as it is typed."""
    return f"One a line, by {', '.join(dimensions_of(*_parts(metric)))}"


def _parts(metric: str) -> tuple[Source, str]:
    source, _, key = metric.partition("/")
    return ("server" if source == "server" else "client"), key


def _framed(
    reading: Reading, stored: RuleAnswer | None, rule: Rule, labels: Labels | None
) -> Component:
    title, said = "New rule", ""
    if stored is not None:
        title = "Edit rule" if reading.is_admin else "Rule"
        changed = moment(stored.changed_at, reading.now, reading.zone)
        said = f"{stored.name} · version {stored.version}, changed {changed} by {stored.changed_by}"
    body: list[Any] = [
        _fault(stored),
        dcc.Store(id=alert_ids.WANTED, data=labels),
        html.Fieldset([*_limits(rule), _drawing(is_movable=reading.is_admin),
                       *_telling(reading, stored, rule)],
                      disabled=not reading.is_admin, className="editor"),
        html.Div(_acts(stored) if reading.is_admin else [], className="form-foot"),
    ]  # fmt: skip
    if stored is not None:
        found = reading.desk.reports.versions(stored.id).versions
        body.append(versions.layout(found, reading.now, reading.zone))
    close = link(icon("close", "Close"), reading.place.editing(None), "icon-button")
    is_chosen = reading.place.edit is not None
    return framed(title, said, body, tools=[close] if is_chosen else [], look="panel-open")


def _fault(stored: RuleAnswer | None) -> Component | None:
    if stored is None or stored.fault is None:
        return None
    said = f"This rule cannot be read any more ({stored.fault}). Saving puts another in its place."
    return html.Div([icon("warning"), html.Span(said)], className="banner frame-banner")


def _limits(rule: Rule) -> list[Component]:
    given = fields_of(rule)
    unit, noun = unit_of(rule.source, rule.metric, rule.aggregation)
    metric = given["metric"]
    return [
        html.Div(
            [
                fields.text(F, "name", "Name", given["name"]),
                fields.choice(F, "metric", "Metric", metrics(), metric, searchable=True),
                fields.choice(F, "aggregation", "Read as", ways_of(metric), given["aggregation"]),
                fields.text(F, "window_seconds", "Over", given["window_seconds"], unit="min"),
                fields.choice(F, "split_by", "Split by", splits_of(metric), given["split_by"]),
                fields.text(F, "minimum_n", "Only when n is at least", given["minimum_n"],
                            unit=noun),
                fields.lines(F, "filters", "Filters", given["filters"], hint="country=BR", rows=1,
                             words=filters_words(metric)),
                fields.choice(F, "direction", "Fires when it is", DIRECTIONS, given["direction"]),
                fields.text(F, "fire", "Fires at", given["fire"], unit=unit),
                fields.text(F, "for_seconds", "for", given["for_seconds"], unit="min"),
                fields.text(F, "clear", "Clears at", given["clear"], unit=unit, hint="the same"),
                fields.text(F, "keep_firing_seconds", "stays clear for",
                            given["keep_firing_seconds"], unit="min"),
            ],
            className="form-grid",
        )
    ]  # fmt: skip


def _drawing(*, is_movable: bool) -> Component:
    return html.Div(
        [
            html.Div(
                id=alert_ids.SENTENCE,
                className="preview-sentence",
                **marked({"aria-live": "polite"}),
            ),
            html.Div(id=alert_ids.SUGGESTED, className="preview-suggested"),
            html.Div(
                [
                    panel.graph(alert_ids.HISTORY_PANEL),
                    dcc.Store(id=ids.part(alert_ids.HISTORY_PANEL, "table")),
                    html.Div(
                        [_line("fire"), _line("clear")],
                        id=alert_ids.LINES,
                        className=alert_ids.LINES,
                    )
                    if is_movable
                    else None,
                ],
                className="preview-chart",
                **marked({"data-panel": alert_ids.HISTORY_PANEL}),
            ),
            html.Div(id=alert_ids.PREVIEW_FOOT, className="panel-foot"),
        ],
        id=alert_ids.PREVIEW,
        className="preview is-asked",
    )


def _line(limit: str) -> Component:
    """A line that is moved by hand; where it lies and what it says is up to the page."""
    return html.Div(
        [html.Span(className="rule-words"), html.Span(className="rule-grip")],
        className=f"rule-line of-{limit}",
        role="slider",
        tabIndex=0,
        **marked({"data-limit": limit, "aria-label": f"Line that {limit}s",
                  "aria-orientation": "vertical"}),
    )  # fmt: skip


def _telling(reading: Reading, stored: RuleAnswer | None, rule: Rule) -> list[Component]:
    given = fields_of(rule)
    people = {str(one.id): one.name for one in reading.desk.recipients.all()}
    others = {
        one.name: one.name
        for one in reading.rules.values()
        if stored is None or one.id != stored.id
    }
    return [
        html.Div(
            [
                fields.choice(F, "severity", "Severity", SEVERITIES, given["severity"]),
                fields.several(F, "channels", "Tell by", CHANNELS, given["channels"]),
                fields.text(F, "repeat_seconds", "Repeat every", given["repeat_seconds"], unit="h"),
                fields.choice(F, "no_data", "When data is missing", NO_DATA, given["no_data"]),
                fields.text(F, "quiet_hours.start", "Quiet from", given["quiet_hours.start"],
                            hint="22:00"),
                fields.text(F, "quiet_hours.end", "to", given["quiet_hours.end"], hint="06:00"),
                fields.text(F, "quiet_hours.zone", "on the clocks of", given["quiet_hours.zone"],
                            hint="Europe/Berlin"),
                fields.several(F, "notify_resolved", "When it is over", {"yes": "Tell that too"},
                               given["notify_resolved"]),
            ],
            className="form-grid",
        ),
        html.Div(
            [
                fields.several(F, "recipients", "Tell only (none chosen: everybody)", people,
                               given["recipients"]),
                fields.several(F, "inhibited_by", "Not told while one of these fires", others,
                               given["inhibited_by"]),
            ],
            className="form-grid form-half",
        ),
        fields.lines(F, "runbook", "What to do, goes into every message", given["runbook"]),
        fields.several(F, "enabled", "The rule is", {"on": "enabled"}, given["enabled"]),
    ]  # fmt: skip


def _acts(stored: RuleAnswer | None) -> list[Component]:
    word = f"Save as version {stored.version + 1}" if stored else "Create rule"
    save = button(word, alert_ids.act("rule-save", stored.id if stored else NEW), primary=True)
    return [rules.removing(stored.id), save] if stored else [save]
