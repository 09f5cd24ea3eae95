"""The drawn pair in words: what may be said of it, and both views side by side."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from analytics.correlation.results import Estimate, Pair, PairOverTime, PairPerSession
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import (
    explained_text,
    headline,
    name_of,
    strength_text,
)
from dashboard.client.correlation.core.values import (
    coefficient_interval,
    coefficient_text,
    p_text,
    slope_text,
)
from dashboard.client.correlation.matrix.pair_table import csv_table
from dashboard.core.numbers import DASH, count, percent_text, with_unit
from dashboard.widgets.drawn import PanelContent
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import tag

PANEL = Panel(
    name="correlation-pair",
    title="The pair in both views",
    explain=(
        "Over time, hours are the points: do both sides rise in the same hours, beyond what the "
        "hour of the week explains? Per session, sessions are the points: among equals, that is of "
        "one app, country, network, browser and release that lasted about as long, do those who "
        "met more of one have more of the other? A slow country has slow pages and slow sockets "
        "without one causing the other: then the second figure is far smaller, and what explains "
        "it is named."
    ),
    css_class="panel-pair",
    has_dynamic_title=True,
    has_picture=True,
)
STRONG, NO_PROOF = "Strong from", "associated with, not proven to cause"


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pair, mark = page_data.pair, page_data.correlations.mark
    body = html.Div(
        [
            html.P(headline(pair), className="pair-sentence"),
            html.Div([_hours(pair), _sessions(pair)], className="pair-views"),
        ],
        className="pair-body",
    )
    return PanelContent(
        title=name_of(pair),
        unit="both views",
        body=body,
        foot=[f"{STRONG} {mark:.2f}: {mark_text(pair, mark)}", NO_PROOF],
        table=csv_table([pair]),
    )  # fmt: skip


def mark_text(pair: Pair, mark: float) -> str:
    """Whether a view reaches the mark, and which."""
    views = {"over time": pair.over_time.coefficient, "among equals": pair.per_session.within}
    reached = [name for name, each in views.items() if each and abs(each.value) >= mark]
    return f"reached {' and '.join(reached)}" if reached else "not reached"


def _hours(pair: Pair) -> Component:
    view = pair.over_time
    if view.coefficient is None:
        return _refused("Over time", view.reason, view.sentence)
    return _view(
        "Over time", "hour by hour, weekly rhythm removed", estimate=view.coefficient, view=view,
        figures=(
            ("Independent hours", f"{count(view.n_effective or 0)} of {count(view.n)}"),
            ("Adjusted p", p_text(view.p_adjusted)),
            ("Pearson", _with_interval(view.pearson)),
            ("Comes first", _first(pair)),
            ("Slope", slope_text(view.slope)),
        ),
    )  # fmt: skip


def _sessions(pair: Pair) -> Component:
    view = pair.per_session
    estimate = view.within or view.pooled
    if estimate is None:
        return _refused("Per session", view.reason, view.sentence)
    subject = "among equals" if view.within else "all sessions: none has an equal"
    return _view(
        "Per session", subject, estimate=estimate, view=view, caution=explained_text(pair),
        figures=(
            ("All sessions", _with_interval(view.pooled)),
            ("Sessions with an equal", f"{count(view.n_within)} of {count(view.n)}"),
            ("Adjusted p", p_text(view.p_adjusted)),
            ("People touched", _touched(pair)),
            ("Slope", slope_text(view.slope)),
        ),
    )  # fmt: skip


def _touched(pair: Pair) -> str:
    """Their share; everybody meets what has no limit."""
    if pair.x.touched_above is None:
        return "everybody"
    touched = pair.per_session.touched
    return percent_text(touched.value if touched else None)


def _view(
    title: str, subject: str, *, estimate: Estimate, view: PairOverTime | PairPerSession,
    figures: Sequence[tuple[str, str]], caution: str = "",
) -> Component:  # fmt: skip
    return html.Div(
        [
            html.H3([title, html.Span(subject, className="faint")], className="view-title"),
            html.Div(
                [
                    html.Span(coefficient_text(estimate.value), className="card-value num"),
                    html.Span(coefficient_interval(estimate), className="num"),
                    tag(strength_text(view.strength), "plain"),
                    tag(caution, "warn") if caution else None,
                ],
                className="view-figure",
            ),
            html.Dl([part for each in figures for part in _term(*each)], className="view-figures"),
            html.P(view.sentence, className="view-sentence"),
        ],
        className="pair-view",
    )


def _refused(title: str, reason: str | None, sentence: str) -> Component:
    return html.Div(
        [
            html.H3(title, className="view-title"),
            html.Div(tag("not enough data"), className="view-figure"),
            html.P(reason or sentence, className="view-sentence"),
        ],
        className="pair-view is-refused",
    )


def _term(name: str, value: str) -> list[Component]:
    return [html.Dt(name), html.Dd(value, className="num")]


def _with_interval(estimate: Estimate | None) -> str:
    if estimate is None:
        return DASH
    return f"{coefficient_text(estimate.value)}, {coefficient_interval(estimate)}"


def _first(pair: Pair) -> str:
    """`neither`, or which side moves first and by how much."""
    minutes = pair.over_time.lag_minutes
    if minutes is None or minutes == 0:
        return "neither, at this resolution"
    first = pair.x if minutes > 0 else pair.y
    return f"{first.label}, by {with_unit(str(abs(minutes) // 60), 'h')}"
