"""Callbacks of the rule editor: the preview, and the options and units of the selected metric."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash
import msgspec
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, html, no_update

from analytics.alerting.rules.checks import RuleFault
from analytics.people.actions import DatabaseAway
from analytics.services.services import Services
from dashboard.core import ids, url_state
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.url_state import read_url_state
from dashboard.server.alerts.editor import editor, preview
from dashboard.server.alerts.editor.rule_form import (
    NO_BASELINE,
    NOT_SPLIT,
    fields_of,
    rule_of,
    threshold_unit,
    unit_of,
)

RULE_FIELDS = {"type": "alerts-field", "form": alert_ids.RULE_FORM, "name": ALL}
NO_UPDATES = (no_update,) * 5
CallbackOutputs = tuple[Any, ...]


def register(app: dash.Dash, services: Services) -> None:
    """Redraw the preview when a field changes; the form stays usable meanwhile."""

    @app.callback(
        Output(alert_ids.SENTENCE, "children"),
        Output(alert_ids.SUGGESTED, "children"),
        Output(ids.drawing(alert_ids.HISTORY_PANEL), "data"),
        Output(ids.part(alert_ids.HISTORY_PANEL, "table"), "data"),
        Output(alert_ids.PREVIEW_FOOT, "children"),
        Input(RULE_FIELDS, "value"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        State(alert_ids.FRONT_LABELS, "data"),
        running=[(Output(alert_ids.PREVIEW, "className"), "preview is-updating", "preview")],
    )
    def draw(values: list[Any], search: str, zone: object, front_labels: Any) -> CallbackOutputs:
        actor = services.viewer()
        if actor is None or not values:
            return NO_UPDATES
        time_zone = url_state.zone_for(read_url_state(search), zone)
        try:
            rule = rule_of(_form_values(values))
            rule_preview = services.alerts.reports.preview(rule)
        except RuleFault as fault:
            field = alert_ids.field_label(fault.field).capitalize()
            return _message_only(f"No preview. {field}: {alert_ids.reason_sentence(fault.reason)}")
        except DatabaseAway:
            return _message_only("The database did not answer in time; the chart is out of date.")
        drawing = preview.draw(rule, rule_preview, time_zone, front_labels)
        return (
            preview.sentence(rule_preview, front_labels),
            preview.suggestion_buttons(rule, rule_preview),
            {"figure": drawing.body, "label": drawing.label},
            {"columns": drawing.table.columns, "rows": drawing.table.rows},
            [html.Span(text) for text in _foot(drawing.foot, is_movable=actor.is_admin) if text],
        )

    _register_in_browser(app)

    @app.callback(
        Output(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "options"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "options"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "value"),
        Output(alert_ids.help_text("filters"), "children"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "metric"), "value"),
        State(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        State(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "value"),
        prevent_initial_call=True,
    )
    def show_options(metric: str, aggregation: str, split: str) -> CallbackOutputs:
        aggregations, splits = editor.aggregation_options(metric), editor.split_options(metric)
        return (
            fields.choices(aggregations),
            aggregation if aggregation in aggregations else next(iter(aggregations), aggregation),
            fields.choices(splits),
            split if split in splits else NOT_SPLIT,
            editor.filters_help(metric),
        )

    @app.callback(
        Output(alert_ids.unit("fire"), "children"),
        Output(alert_ids.unit("clear"), "children"),
        Output(alert_ids.unit("minimum_n"), "children"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "metric"), "value"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "baseline"), "value"),
        prevent_initial_call=True,
    )
    def show_units(metric: str, aggregation: str, baseline: str) -> CallbackOutputs:
        source, _, key = metric.partition("/")
        is_compared = baseline != NO_BASELINE
        unit, noun = unit_of(source, key, aggregation, is_compared=is_compared)
        unit = threshold_unit(unit, is_compared=is_compared)
        return unit, unit, noun

    @app.callback(
        Output(alert_ids.field(alert_ids.RULE_FORM, "fire"), "value"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "clear"), "value"),
        Input({"type": "alerts-suggested", "threshold": ALL}, "n_clicks"),
        State(RULE_FIELDS, "value"),
        prevent_initial_call=True,
    )
    def apply_suggestion(_clicks: list[int], values: list[Any]) -> CallbackOutputs:
        trigger = ctx.triggered_id
        if not isinstance(trigger, dict) or not ctx.triggered[0]["value"]:
            return no_update, no_update
        return scaled_thresholds(_form_values(values), float(trigger["threshold"]))


def _register_in_browser(app: Any) -> None:
    app.clientside_callback(
        ClientsideFunction("ruleLines", "show"),
        Output(alert_ids.PREVIEW, "title"),
        Input(ids.drawing(alert_ids.HISTORY_PANEL), "data"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "fire"), "value"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "clear"), "value"),
    )


def scaled_thresholds(values: Mapping[str, Any], threshold: float) -> tuple[str, str]:
    """Field texts of a new fire threshold and of a clear threshold in the same proportion."""
    rule = rule_of(dict(values))
    share = rule.clear_at / rule.fire if rule.fire else 1.0
    clear = None if rule.clear is None else round(threshold * share, 12)
    texts = fields_of(msgspec.structs.replace(rule, fire=threshold, clear=clear))
    return texts["fire"], texts["clear"]


def _foot(notes: Sequence[str], *, is_movable: bool) -> list[str]:
    return [notes[0], "drag a line to change its threshold", *notes[1:]] if is_movable else [*notes]


def _form_values(values: list[Any]) -> dict[str, Any]:
    inputs = ctx.inputs_list[0]
    controls = inputs if len(inputs) == len(values) else ctx.states_list[0]
    return {control["id"]["name"]: value for control, value in zip(controls, values, strict=True)}


def _message_only(text: str) -> CallbackOutputs:
    return (html.Span(text, className="faint"), no_update, no_update, no_update, no_update)
