"""The card: one figure beside its value before, with a sparkline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from analytics.stats.comparison import FigureChange
from dashboard.core.numbers import DASH
from dashboard.widgets import sparks
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.pieces import tag

NOT_COUNTED = "not counted for these filters"


@dataclass(frozen=True, slots=True)
class Trend:
    """Text and arrow (`up`, `down`) of a card's tag; without text there is no tag."""

    text: str = ""
    arrow: str = ""


NO_TREND = Trend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`note` stands under the value, `n` in the hover box; `trend` adds a tag with an arrow."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    n: str = ""
    values: Sequence[float | None] = ()
    before: Sequence[float | None] = ()
    trend: Trend = NO_TREND
    is_faint: bool = False


def not_counted(label: str, reason: str) -> Card:
    """The card of a figure that was not counted for the selection."""
    return Card(label=label, value=DASH, note=NOT_COUNTED, n=reason, is_faint=True)


def trend_of(change: FigureChange | None, format_size: Callable[[float], str]) -> Trend:
    """The tag of a change; `NO_TREND` where there is none or it is within chance."""
    if change is None or not change.is_notable:
        return NO_TREND
    return Trend(format_size(change.size), "up" if change.size > 0 else "down")


def layout(card: Card) -> Component:
    """One cell of the strip."""
    is_noticed = bool(card.trend.text)
    description = f"{card.label}: {card.value} {card.unit}. {card.note}. {card.n}"
    return html.Div(
        [
            html.Div(
                [
                    html.Span(card.label, className="card-label"),
                    tag(card.trend.text, "warn", card.trend.arrow) if is_noticed else None,
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
            _spark(card, is_noticed),
        ],
        className="card-cell" + (" is-noticed" if is_noticed else ""),
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


def _spark(card: Card, is_noticed: bool) -> Component:
    values, before = sparks.thinned(card.values), sparks.thinned(card.before)
    limits = sparks.scale(values, before)
    color = "--warn-fill" if is_noticed else "--measured"
    layers = [_mask(sparks.line_uri(before, limits, dotted=True), "--previous")] if before else []
    layers.append(_mask(sparks.line_uri(values, limits), color))
    return html.Div(layers, className="spark", **html_attributes({"aria-hidden": "true"}))


def _mask(uri: str, color: str) -> Component:
    image = f'url("{uri}")'
    return html.Div(
        style={"maskImage": image, "WebkitMaskImage": image, "background": f"var({color})"}
    )
