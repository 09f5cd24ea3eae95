"""The card: one figure beside what it was, with a spark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from analytics.stats.comparison import Change
from dashboard.charts import sparks
from dashboard.widgets.attributes import marked
from dashboard.widgets.pieces import tag


@dataclass(frozen=True, slots=True)
class Turn:
    """What the tag of a card says, and the direction of its arrow; without words there is none."""

    words: str = ""
    arrow: str = ""


STEADY = Turn()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`note` stands under the value, `n` in the hover box; `turn` makes a tag with an arrow."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    n: str = ""
    values: Sequence[float | None] = ()
    before: Sequence[float | None] = ()
    turn: Turn = STEADY
    is_faint: bool = False


def turn_of(found: Change | None, written: Callable[[float], str]) -> Turn:
    """The turn a figure took, its size as `written`; none where chance or nothing explains it."""
    if found is None or not found.noticed:
        return STEADY
    return Turn(written(found.size), "up" if found.size > 0 else "down")


def layout(card: Card) -> Component:
    """One cell of the strip."""
    noticed = bool(card.turn.words)
    spoken = f"{card.label}: {card.value} {card.unit}. {card.note}. {card.n}"
    return html.Div(
        [
            html.Div(
                [
                    html.Span(card.label, className="card-label"),
                    tag(card.turn.words, "warn", card.turn.arrow) if noticed else None,
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
            _spark(card, noticed),
        ],
        className="card-cell" + (" is-noticed" if noticed else ""),
        title=card.n,
        role="group",
        **marked({"aria-label": spoken}),
    )


def skeleton(label: str) -> Component:
    """The cell before the first answer."""
    bones = [html.Div(className=f"bone bone-{kind}") for kind in ("value", "note", "spark")]
    return html.Div(
        [html.Div(html.Span(label, className="card-label"), className="card-head"), *bones],
        className="card-cell is-loading",
    )


def _spark(card: Card, noticed: bool) -> Component:
    values, before = sparks.thinned(card.values), sparks.thinned(card.before)
    limits = sparks.scale(values, before)
    color = "--warn-fill" if noticed else "--measured"
    layers = [_mask(sparks.line_uri(before, limits, dotted=True), "--previous")] if before else []
    layers.append(_mask(sparks.line_uri(values, limits), color))
    return html.Div(layers, className="spark", **marked({"aria-hidden": "true"}))


def _mask(uri: str, color: str) -> Component:
    image = f'url("{uri}")'
    return html.Div(
        style={"maskImage": image, "WebkitMaskImage": image, "background": f"var({color})"}
    )
