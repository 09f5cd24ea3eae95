"""The three pairs of the documentation, first on the page: each with both views in a cell."""

from dash import html
from dash.development.base_component import Component

from analytics.correlation.results import Pair, Strength
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import explained_text, name_of, verdict_text
from dashboard.client.correlation.core.values import coefficient_interval, coefficient_text
from dashboard.core.numbers import DASH, count, plural
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import link, tag

LABELS = (
    "Round trip p95 and Page load",
    "Message error rate and Page errors",
    "Drops per session-hour and Interactions",
)


def cells(page_data: CorrelationData) -> list[Component]:
    """A cell for each pair: its coefficient over time, and the same among equal sessions."""
    return [_cell(page_data, pair) for pair in page_data.seed_pairs]


def _cell(page_data: CorrelationData, pair: Pair) -> Component:
    view, is_drawn = pair.over_time, pair is page_data.pair
    value = coefficient_text(view.coefficient.value) if view.coefficient else DASH
    name = link(name_of(pair), page_data.view.drawing(pair.key), "quiet-link card-label")
    faint = " is-faint" if pair.strength is Strength.NONE else ""
    return html.Div(
        [
            html.Div([name, _strength(pair)], className="card-head"),
            html.Div(
                [html.Span(value, className="card-value num"),
                 html.Span("rank correlation over time", className="card-unit")],
                className=f"card-figure{faint}",
            ),
            html.Div(_of_hours(pair), className="card-note num"),
            html.Div(_of_sessions(pair), className="card-note num"),
        ],
        className="card-cell pair-cell" + (" is-drawn" if is_drawn else ""),
        title=pair.sentence,
        role="group",
        **html_attributes({"aria-label": f"{name_of(pair)}: {pair.sentence}"}),
    )  # fmt: skip


def _strength(pair: Pair) -> Component | None:
    if not pair.over_time.enough_data and not pair.per_session.enough_data:
        return tag("not enough data")
    caution = explained_text(pair)
    return tag(caution, "warn") if caution else tag(verdict_text(pair), "plain")


def _of_hours(pair: Pair) -> str:
    view = pair.over_time
    if view.coefficient is None:
        return view.reason or ""
    n = plural(round(view.n_effective or 0), "independent hour")
    return f"95 % interval {coefficient_interval(view.coefficient)} · n = {n}"


def _of_sessions(pair: Pair) -> str:
    view = pair.per_session
    estimate = view.within or view.pooled
    if estimate is None:
        return f"per session: {view.reason}" if view.reason else ""
    label = "among equal sessions" if view.within else "over all sessions"
    n = count(view.n_within if view.within else view.n)
    interval = coefficient_interval(estimate)
    return f"{label} {coefficient_text(estimate.value)}, {interval} · n = {n}"
