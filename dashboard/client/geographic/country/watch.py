"""A rule that watches one country: what it would say, and the dialog that adds it."""

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.actions import RuleNameTaken, TooManyRules
from analytics.geo.countries import country_name
from analytics.permission.actor import NotAllowed
from analytics.reports.reports import DatabaseAway
from analytics.services.services import Services
from dashboard.client.geographic.core.metrics import REGION_METRICS, RegionMetric
from dashboard.core import addresses, ids
from dashboard.core.numbers import THIN
from dashboard.page.page import Tab
from dashboard.widgets.pieces import button, link
from models.metrics.metric import Worse

DIALOG = "watch-dialog"
BODY = "watch-body"
RULE = "watch-rule"
ADD = "watch-add"
CLOSE = "watch-close"
LEAST_SESSIONS = 50
FALLBACK = REGION_METRICS["connect_success"]
# Where the catalogue has no default threshold.
LIMITS = {"latency_p50_ms": 150.0, "latency_p99_ms": 500.0, "stability": 0.9, "drops": 0.1}
FAULTS: dict[type[Exception], str] = {
    RuleNameTaken: "A rule of this name watches the country already.",
    TooManyRules: "The limit of rules is reached: remove one first.",
    NotAllowed: "Only an admin may do this.",
    DatabaseAway: "The database does not answer. Nothing was added.",
}


def watch_id(code: str) -> dict[str, str]:
    """The id of the button that opens the dialog for a country."""
    return {"type": "watch", "code": code}


def watched(metric: RegionMetric) -> RegionMetric:
    """The metric, or connect success where no rule can judge it."""
    return metric if metric.metric else FALLBACK


def rule_for(metric: RegionMetric, code: str) -> Rule:
    """The rule on what is `watched` of a metric in a country."""
    judged = watched(metric)
    fire = judged.threshold or LIMITS.get(judged.key) or LIMITS[judged.metric]
    is_below = judged.worse is Worse.DOWN
    name = f"{judged.label} in {country_name(code)[:40]}"
    limit = judged.text(fire).replace(THIN, " ")
    return Rule(
        name=f"{name} {'under' if is_below else 'over'} {limit}",
        source="client",
        metric=judged.metric,
        aggregation=judged.aggregation,
        window_seconds=900,
        filters={"country": code},
        fire=fire,
        direction="below" if is_below else "above",
        minimum_n=LEAST_SESSIONS,
        runbook=f"{addresses.CLIENT_GEOGRAPHIC}?metric={judged.key}&selected={code}",
    )


def layout() -> Component:
    """The closed dialog."""
    dialog: Component = dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Watch this country", id="watch-title"),
                            close_button=False),
            dbc.ModalBody(id=BODY),
            dbc.ModalFooter([button("Close", CLOSE), button("Add rule", ADD, primary=True)]),
            dcc.Store(id=RULE),
        ],
        id=DIALOG,
        is_open=False,
        fade=False,
        centered=True,
        labelledby="watch-title",
        class_name="dialog",
    )  # fmt: skip
    return dialog


def summary(rule: Rule) -> str:
    """What the rule does, in one sentence."""
    metric = next(each for each in REGION_METRICS.values() if each.metric == rule.metric
                  and each.aggregation == rule.aggregation)  # fmt: skip
    side = "under" if rule.direction == "below" else "over"
    return (
        f"It fires when {metric.name} of {country_name(rule.filters['country'])} is {side} "
        f"{metric.text(rule.fire)} over {rule.window_seconds // 60} minutes, for "
        f"{rule.for_seconds // 60} minutes, with at least {rule.minimum_n} sessions. All "
        "recipients are notified; the rule can be changed afterwards."
    )


def add_callbacks(app: dash.Dash, services: Services, tab: Tab) -> None:
    """Open the dialog for a country, and add its rule."""

    @app.callback(
        Output(DIALOG, "is_open"),
        Output(BODY, "children"),
        Output(RULE, "data"),
        Output(ADD, "hidden"),
        Input({"type": "watch", "code": ALL}, "n_clicks"),
        Input(CLOSE, "n_clicks"),
        Input(ADD, "n_clicks"),
        State(RULE, "data"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def act(opened: list[int], _close: int, _add: int, code: object, search: str) -> Any:
        trigger: Any = ctx.triggered_id
        if trigger == CLOSE:
            return False, no_update, no_update, no_update
        view: Any = tab.view(search)
        if trigger == ADD:
            rule = rule_for(view.region_metric, str(code))
            return True, add(services, rule), no_update, True
        if not any(opened):
            return (no_update,) * 4
        rule = rule_for(view.region_metric, trigger["code"])
        return True, [html.P(html.B(rule.name)), html.P(summary(rule))], trigger["code"], False


def add(services: Services, rule: Rule) -> list[Component]:
    """Add the rule for the current user; the outcome, in words."""
    actor = services.viewer()
    try:
        if actor is None:
            raise NotAllowed("signed out")
        stored = services.alerts.actions.add_rule(actor, rule)
    except (RuleNameTaken, TooManyRules, NotAllowed, DatabaseAway) as fault:
        return [html.P(FAULTS[type(fault)], className="field-fault")]
    except RuleFault as fault:
        return [html.P(str(fault), className="field-fault")]
    address = f"{addresses.SERVER_ALERTS}?list=rules&edit={stored.id}"
    return [html.P([html.B(stored.name), " watches from now on."]),
            html.P(link("Open the rule", address))]  # fmt: skip
