"""The card: one figure beside its value before, with a sparkline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from analytics.stats import verdict
from analytics.stats.comparison import FigureChange
from analytics.stats.verdict import Verdict
from dashboard.core.numbers import DASH
from dashboard.widgets import sparks
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import tag
from models.metrics.metric import Worse

NOT_COUNTED = "not counted for these filters"


VARIANTS = {Verdict.WORSE: "warn", Verdict.MUCH_WORSE: "bad"}  # all else is plain ink
SPARK_COLORS = {"warn": "--warn-fill", "bad": "--bad-fill"}


@dataclass(frozen=True, slots=True)
class Trend:
    """Text and arrow (`up`, `down`) of a card's tag, and `meaning`, what its colour says; without
    text there is no tag."""

    text: str = ""
    arrow: str = ""
    variant: str = "plain"
    meaning: str = ""

    @property
    def is_alarming(self) -> bool:
        """Whether it is for the worse."""
        return self.variant in SPARK_COLORS


NO_TREND = Trend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`note` stands under the value, `n` in the hover box; `trend` adds a tag with an arrow,
    `usual` what is usual of it, `caution` a line that says why the figure tells little."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    usual: str = ""
    caution: str = ""
    n: str = ""
    values: Sequence[float | None] = ()
    before: Sequence[float | None] = ()
    trend: Trend = NO_TREND
    is_faint: bool = False


def not_counted(label: str, reason: str) -> Card:
    """The card of a figure that was not counted for the selection."""
    return Card(label=label, value=DASH, note=NOT_COUNTED, n=reason, is_faint=True)


def variant_of(meaning: Verdict) -> str:
    """The variant of a tag that says so."""
    return VARIANTS.get(meaning, "plain")


def trend_of(
    change: FigureChange | None, worse: Worse, format_size: Callable[[float], str]
) -> Trend:
    """The tag of a change of a figure of which `worse` is bad; `NO_TREND` where there is none or
    it is within chance."""
    meaning = verdict.verdict_of(change, worse)
    if change is None or meaning is None:
        return NO_TREND
    arrow = "up" if change.size > 0 else "down"
    text = "" if meaning is Verdict.CHANGED else meaning.value
    return Trend(format_size(change.size), arrow, variant_of(meaning), text)


def layout(card: Card) -> Component:
    """One cell of the strip."""
    trend = card.trend
    change = f"{trend.arrow} {trend.text} {trend.meaning}".rstrip() + ". " if trend.text else ""
    caution = f" {card.caution}." if card.caution else ""
    caution = (f" {card.usual}." if card.usual else "") + caution
    description = f"{card.label}: {card.value} {card.unit}. {change}{card.note}.{caution} {card.n}"
    return html.Div(
        [
            html.Div(
                [
                    html.Span(card.label, className="card-label"),
                    _tag(trend) if trend.text else None,
                ],
                className="card-head",
            ),
            html.Div(
                [
                    html.Span(card.value, className="card-value num"),
                    html.Span(card.unit, className="card-unit"),
                ],
                className="card-figure" + (" is-faint" if card.is_faint else ""),
            ),
            html.Div(card.note, className="card-note num"),
            html.Div(card.usual, className="card-usual num") if card.usual else None,
            html.Div(card.caution, className="card-caution num") if card.caution else None,
            _spark(card),
        ],
        className="card-cell" + (" is-noticed" if trend.is_alarming else ""),
        title=card.n,
        role="group",
        **html_attributes({"aria-label": description}),
    )


def skeleton(label: str) -> Component:
    """The cell before the first response."""
    bones = [html.Div(className=f"bone bone-{kind}") for kind in ("value", "note", "spark")]
    return html.Div(
        [html.Div(html.Span(label, className="card-label"), className="card-head"), *bones],
        className="card-cell is-loading",
    )


def _tag(trend: Trend) -> Component:
    """The size of the change; its meaning beside it, which narrow cells leave to the hover box."""
    meaning = html.Span(f" {trend.meaning}", className="tag-meaning") if trend.meaning else None
    size = html.Span([trend.text, meaning], title=trend.meaning)
    return tag(size, trend.variant, trend.arrow)


def _spark(card: Card) -> Component:
    values, before = sparks.thinned(card.values), sparks.thinned(card.before)
    limits = sparks.scale(values, before)
    color = SPARK_COLORS.get(card.trend.variant, "--measured")
    layers = [_mask(sparks.line_uri(before, limits, dotted=True), "--previous")] if before else []
    layers.append(_mask(sparks.line_uri(values, limits), color))
    return html.Div(layers, className="spark", **html_attributes({"aria-hidden": "true"}))


def _mask(uri: str, color: str) -> Component:
    image = f'url("{uri}")'
    return html.Div(
        style={"maskImage": image, "WebkitMaskImage": image, "background": f"var({color})"}
    )
