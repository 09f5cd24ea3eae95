"""The summary line of the client Overview: a firing alert, then the change that matters most."""

from dash import html
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from analytics.insight import totals
from analytics.insight.remark import Remark
from dashboard.core.numbers import (
    change,
    duration_text,
    figures,
    percent_text,
    plural,
    signed_points,
)
from dashboard.core.times import span
from dashboard.server.alerts.lists import firing_line
from dashboard.widgets.card import variant_of
from dashboard.widgets.pieces import link, tag
from models.metrics.client_catalogue import METRICS
from models.metrics.metric import Kind

from .data import OverviewData

Phrases = list[str | Component]
WHERE = {"release": "release ", "effective_type": "networks like ", "app": "app "}


def layout(overview_data: OverviewData) -> list[Component]:
    """A line each."""
    firing = firing_line.layout(overview_data.firing, overview_data.now, overview_data.zone)
    lines = [firing, _change(overview_data)]
    return [html.Div(line, className="reading-line") for line in lines if line]


def _change(overview_data: OverviewData) -> list[Component]:
    """Tag and sentence of the change that matters most, else the totals."""
    now, before = overview_data.current, overview_data.before
    if not now.reports:
        return []
    remark = None
    if before is not None:
        has_two_rules = overview_data.has_other_rule_before
        of_totals = totals.changes(now, before, has_two_rules=has_two_rules)
        remark = totals.foremost(overview_data.remark, of_totals)
    if remark is None:
        return [html.Span(_facts(overview_data))]
    arrow = "up" if remark.change.size > 0 else "down"
    meaning = remark.meaning.capitalize()
    return [
        tag(meaning, variant_of(remark.meaning), arrow),
        html.Span(_sentence(overview_data, remark)),
    ]


def _sentence(overview_data: OverviewData, remark: Remark) -> Phrases:
    """`Round trip p95 +251 % in Brazil, 19 Nov 14:00 to 18:30 (UTC): 902 ms, before 257 ms; others
    as usual.`"""
    kind = METRICS[remark.key].kind
    size = signed_points if kind is Kind.RATIO else change
    phrases: Phrases = [html.B(f"{_name(remark.key)} {size(remark.change.size)}")]
    for dimension, value in remark.labels.items():
        phrases += [" in ", html.B(_value_name(dimension, value))]
    if remark.span is not None:
        begin, end, zone = remark.span.start, remark.span.end, overview_data.zone
        phrases.append(f", {span(begin, end, overview_data.now, zone)} ({zone.key})")
    else:
        phrases.append(f" against {overview_data.compared_to}")
    phrases.append(f": {_figure(remark, remark.now)}, before {_figure(remark, remark.before)}")
    phrases.append("; others as usual. " if remark.labels else ".")
    for dimension, value in remark.labels.items():
        address = overview_data.view.with_filter(dimension, value).search()
        phrases.append(link(f"Only {_value_name(dimension, value)}", address))
    return phrases


def _name(key: str) -> str:
    metric = METRICS[key]
    return f"{metric.label} p95" if metric.kind is Kind.HISTOGRAM else metric.label


def _value_name(dimension: str, value: str) -> str:
    return WHERE.get(dimension, "") + value_name(dimension, value)


def _figure(remark: Remark, value: float) -> str:
    kind = METRICS[remark.key].kind
    if kind is Kind.RATIO:
        return percent_text(value)
    if kind is Kind.HISTOGRAM:
        return duration_text(value)
    return f"{figures(value)} per {remark.per}"


def _facts(overview_data: OverviewData) -> Phrases:
    now = overview_data.current
    subject = (
        plural(now.reports, "report") if now.sessions is None else plural(now.sessions, "session")
    )
    phrases: Phrases = [html.B(subject)]
    if now.stability is not None and now.stability.value is not None:
        phrases += [", ", html.B(percent_text(now.stability.value)), " without a drop"]
    if now.latency_ms is not None and now.latency_ms.p95 is not None:
        name = _name("latency_ms")
        phrases += [f"; {name[:1].lower()}{name[1:]} ", html.B(duration_text(now.latency_ms.p95))]
    if now.latency_ms is None:
        phrases.append("; round trips are not counted for these filters")
    if overview_data.before is not None:
        phrases.append(_comparison(overview_data))
    return [*phrases, "."]


def _comparison(overview_data: OverviewData) -> str:
    """What was compared, and that nothing of it changed."""
    has_two_rules = overview_data.has_other_rule_before
    labels = [METRICS[key].label.lower() for key in totals.compared(has_two_rules=has_two_rules)]
    listed = f"{', '.join(labels[:-1])} and {labels[-1]}"
    text = f". As in {overview_data.compared_to}: {listed}"
    if has_two_rules:
        text += (
            ". Drops are not compared: monitors before 2.0 counted them by another rule in "
            f"{overview_data.compared_to}"
        )
    return text
