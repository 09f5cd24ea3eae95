"""What happens in the editor while it is filled: options that fit the metric, and the preview."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash
import msgspec
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, html, no_update

from analytics.alerting.rules.checks import RuleFault
from analytics.people.actions import DatabaseAway
from analytics.permission.actor import Actor
from dashboard.core import ids, url_state
from dashboard.server.alerts.core import alert_ids, fields
from dashboard.server.alerts.core.services import AlertServices
from dashboard.server.alerts.core.url_state import read_place
from dashboard.server.alerts.editor import editor, preview
from dashboard.server.alerts.editor.rule_form import WHOLE, fields_of, rule_of, unit_of

OF_RULE = {"type": "alerts-field", "form": alert_ids.RULE_FORM, "name": ALL}
NOTHING = (no_update,) * 5
Answer = tuple[Any, ...]


def register(app: dash.Dash, desk: AlertServices, viewer: Callable[[], Actor | None]) -> None:
    """Draw the rule anew whenever a field was changed; the page goes on meanwhile."""

    @app.callback(
        Output(alert_ids.SENTENCE, "children"),
        Output(alert_ids.SUGGESTED, "children"),
        Output(ids.drawing(alert_ids.HISTORY_PANEL), "data"),
        Output(ids.part(alert_ids.HISTORY_PANEL, "table"), "data"),
        Output(alert_ids.PREVIEW_FOOT, "children"),
        Input(OF_RULE, "value"),
        State(ids.URL, "search"),
        State(ids.ZONE, "data"),
        State(alert_ids.WANTED, "data"),
        running=[(Output(alert_ids.PREVIEW, "className"), "preview is-asked", "preview")],
    )
    def draw(values: list[Any], search: str, zone: object, wanted: Any) -> Answer:
        actor = viewer()
        if actor is None or not values:
            return NOTHING
        local = url_state.zone_for(read_place(search), zone)
        try:
            rule = rule_of(_given(values))
            found = desk.reports.preview(rule)
        except RuleFault as fault:
            field = alert_ids.words_of(fault.field).capitalize()
            return _said(f"Not drawn. {field}: {alert_ids.reason_words(fault.reason)}")
        except DatabaseAway:
            return _said("The database did not answer in time; what is drawn is older.")
        shown = preview.drawn(rule, found, local, wanted)
        return (
            preview.sentence(found, wanted),
            preview.suggested(rule, found),
            {"figure": shown.body, "label": shown.label},
            {"columns": shown.table.columns, "rows": shown.table.rows},
            [html.Span(text) for text in _foot(shown.foot, is_movable=actor.is_admin) if text],
        )

    _register_in_browser(app)

    @app.callback(
        Output(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "options"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "options"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "value"),
        Output(alert_ids.words("filters"), "children"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "metric"), "value"),
        State(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        State(alert_ids.field(alert_ids.RULE_FORM, "split_by"), "value"),
        prevent_initial_call=True,
    )
    def fit(metric: str, way: str, split: str) -> Answer:
        ways, splits = editor.ways_of(metric), editor.splits_of(metric)
        return (
            fields.choices(ways),
            way if way in ways else next(iter(ways), way),
            fields.choices(splits),
            split if split in splits else WHOLE,
            editor.filters_words(metric),
        )

    @app.callback(
        Output(alert_ids.unit("fire"), "children"),
        Output(alert_ids.unit("clear"), "children"),
        Output(alert_ids.unit("minimum_n"), "children"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "metric"), "value"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "aggregation"), "value"),
        prevent_initial_call=True,
    )
    def name_units(metric: str, way: str) -> Answer:
        source, _, key = metric.partition("/")
        unit, noun = unit_of(source, key, way)
        return unit, unit, noun

    @app.callback(
        Output(alert_ids.field(alert_ids.RULE_FORM, "fire"), "value"),
        Output(alert_ids.field(alert_ids.RULE_FORM, "clear"), "value"),
        Input({"type": "alerts-suggested", "threshold": ALL}, "n_clicks"),
        State(OF_RULE, "value"),
        prevent_initial_call=True,
    )
    def take(_clicks: list[int], values: list[Any]) -> Answer:
        asked = ctx.triggered_id
        if not isinstance(asked, dict) or not ctx.triggered[0]["value"]:
            return no_update, no_update
        return taken(_given(values), float(asked["threshold"]))


def _register_in_browser(app: Any) -> None:
    app.clientside_callback(
        ClientsideFunction("ruleLines", "show"),
        Output(alert_ids.PREVIEW, "title"),
        Input(ids.drawing(alert_ids.HISTORY_PANEL), "data"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "fire"), "value"),
        Input(alert_ids.field(alert_ids.RULE_FORM, "clear"), "value"),
    )


def taken(given: Mapping[str, Any], threshold: float) -> tuple[str, str]:
    """The texts of both thresholds, as far apart in proportion as they were."""
    rule = rule_of(dict(given))
    share = rule.clear_at / rule.fire if rule.fire else 1.0
    clear = None if rule.clear is None else round(threshold * share, 12)
    written = fields_of(msgspec.structs.replace(rule, fire=threshold, clear=clear))
    return written["fire"], written["clear"]


def _foot(told: Sequence[str], *, is_movable: bool) -> list[str]:
    return [told[0], "drag either line to change the rule", *told[1:]] if is_movable else [*told]


def _given(values: list[Any]) -> dict[str, Any]:
    placed = ctx.inputs_list[0] if len(ctx.inputs_list[0]) == len(values) else ctx.states_list[0]
    return {one["id"]["name"]: value for one, value in zip(placed, values, strict=True)}


def _said(text: str) -> Answer:
    return (html.Span(text, className="faint"), no_update, no_update, no_update, no_update)
