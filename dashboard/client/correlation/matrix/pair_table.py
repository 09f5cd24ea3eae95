"""Every pair as a row: both views, whether they agree, and what one step of x goes with."""

from dash import html
from dash.development.base_component import Component

from analytics.correlation.results import Estimate, Pair, Strength
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import explained_text, name_of, verdict_text
from dashboard.client.correlation.core.values import (
    coefficient_interval,
    coefficient_text,
    lag_text,
    p_text,
    sessions_text,
    slope_text,
)
from dashboard.core.numbers import DASH, count, percent_text, plural
from dashboard.widgets import interval_bar
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

PANEL = Panel(
    name="correlation-pairs",
    title="Every pair",
    explain=(
        "The three pairs of the documentation first, then the strongest. Independent hours: how "
        "many hours without repetition would make the figure as sure. Slope: by Theil and Sen. "
        "People touched: sessions that met any of it. CSV and API have every figure."
    ),
    css_class="panel-full panel-natural",
    rows=("sessions",),
    has_picture=True,
)
HEADER = (
    ("Pair", "clip"), ("Over time", "n"), ("95 % interval", "n is-wide"),
    ("Independent hours", "n is-wide"), ("Adjusted p", "n is-wide"), ("Lag", "n is-wide"),
    ("Slope", "n is-wide slope"), ("All sessions", "n is-wide"), ("Among equals", "n"),
    ("", "interval-cell"), ("People touched", "n is-wide"), ("Verdict", "clip"),
)  # fmt: skip
SCALE = IntervalScale(-1.0, 1.0, None)


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pairs = ordered(page_data)
    head = html.Tr([
        html.Th(interval_bar.head(SCALE, "−1", "1") if css == "interval-cell" else name,
                className=css, scope="col")
        for name, css in HEADER
    ])  # fmt: skip
    body = html.Table(
        [
            html.Caption("Every pair of metrics", className="visually-hidden"),
            html.Thead(head),
            html.Tbody([_row(page_data, pair) for pair in pairs]),
        ],
        className="table-plain table-pairs",
    )
    result = page_data.correlations
    return PanelContent(
        unit="both views",
        body=html.Div(body, className="table-scroll table-tall"),
        foot=[
            f"n = {plural(result.hours, 'hour')}, "
            f"{sessions_text(result.sessions, result.read_share)}",
            "intervals at 95 %: over time by Fisher, of sessions by resampling days",
        ],
        table=csv_table(pairs),
    )


def ordered(page_data: CorrelationData) -> list[Pair]:
    """Those of the documentation first, then the strongest, and those without data last."""
    return sorted(page_data.correlations.pairs, key=lambda pair: (not pair.is_seed, _size(pair)))


def _size(pair: Pair) -> float:
    if pair.is_seed:
        return 0.0
    estimate = pair.over_time.coefficient or pair.per_session.within
    return 1.0 if estimate is None else -abs(estimate.value)


def _row(page_data: CorrelationData, pair: Pair) -> Component:
    hours, sessions = pair.over_time, pair.per_session
    slope = slope_text(hours.slope or sessions.slope)
    css = ["is-selected" if pair is page_data.pair else "",
           "is-small" if pair.strength is Strength.NONE else ""]  # fmt: skip
    return html.Tr(
        [
            html.Td(link(name_of(pair), page_data.view.drawing(pair.key), "quiet-link"),
                    className="clip", title=pair.sentence),
            html.Td(_value(hours.coefficient), className="n num main-figure"),
            html.Td(coefficient_interval(hours.coefficient), className="n num is-wide faint"),
            html.Td(DASH if hours.n_effective is None else count(hours.n_effective),
                    className="n num is-wide"),
            html.Td(p_text(hours.p_adjusted), className="n num is-wide"),
            html.Td(lag_text(hours.lag_minutes), className="n num is-wide"),
            html.Td(slope, className="n num is-wide slope", title=slope),
            html.Td(_value(sessions.pooled), className="n num is-wide"),
            html.Td(_value(sessions.within), className="n num main-figure"),
            html.Td(_bar(sessions.within), className="interval-cell"),
            html.Td(percent_text(sessions.touched.value if sessions.touched else None),
                    className="n num is-wide"),
            html.Td(_verdict(pair), className="clip"),
        ],
        className=" ".join(filter(None, css)),
    )  # fmt: skip


def _value(estimate: Estimate | None) -> str:
    return coefficient_text(estimate.value if estimate else None)


def _bar(estimate: Estimate | None) -> Component | str:
    if estimate is None:
        return ""
    label = f"95 % interval {coefficient_interval(estimate)}"
    return interval_bar.layout(estimate.value, (estimate.low, estimate.high), SCALE, label)


def _verdict(pair: Pair) -> Component | str:
    sessions = pair.per_session
    if not pair.over_time.enough_data and not sessions.enough_data:
        return html.Span("not enough data", title=pair.over_time.reason)
    caution = explained_text(pair)
    return tag(caution, "warn") if caution else verdict_text(pair)


def csv_table(pairs: list[Pair]) -> Table:
    """Every figure of both views, a row a pair."""
    columns = [
        column("x", "x", "text"), column("y", "y", "text"),
        *(column(key, label, "number") for key, label in (
            ("spearman", "Over time"), ("low", "From"), ("high", "To"), ("pearson", "Pearson"),
            ("n", "Hours"), ("n_effective", "Independent hours"), ("p_adjusted", "Adjusted p"),
            ("lag_minutes", "Lag, min"), ("slope", "Slope"))),
        column("slope_unit", "Slope unit", "text"),
        *(column(key, label, "number") for key, label in (
            ("pooled", "All sessions"), ("within", "Among equals"), ("within_low", "From"),
            ("within_high", "To"), ("sessions", "Sessions"), ("touched", "People touched"))),
        column("explained_by", "Explained by", "text"), column("strength", "Strength", "text"),
        column("sentence", "In words", "text"),
    ]  # fmt: skip
    return Table(columns, [_csv_row(pair) for pair in pairs])


def _csv_row(pair: Pair) -> list[object]:
    hours, sessions = pair.over_time, pair.per_session
    slope = hours.slope
    return [
        pair.x.key, pair.y.key, *_ends(hours.coefficient),
        hours.pearson.value if hours.pearson else None, hours.n, hours.n_effective,
        hours.p_adjusted, hours.lag_minutes, slope.value if slope else None,
        slope.unit if slope else "", sessions.pooled.value if sessions.pooled else None,
        *_ends(sessions.within), sessions.n,
        sessions.touched.value if sessions.touched else None, sessions.explained_by or "",
        pair.strength.value, pair.sentence,
    ]  # fmt: skip


def _ends(estimate: Estimate | None) -> list[float | None]:
    return [estimate.value, estimate.low, estimate.high] if estimate else [None, None, None]
