"""An interval drawn: a pale bar with a dot on a scale that all rows of a table share."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from dash import html
from dash.development.base_component import Component

from dashboard.widgets.attributes import html_attributes

NEAR = 24  # percent of the scale: an end so near the threshold is not written
ROOM = 0.04  # of the scale, beyond the outermost ends
LEAST_LENGTH = 1e-300  # what is shorter has no room at its ends in floating point


@dataclass(frozen=True, slots=True)
class IntervalScale:
    """A scale from `low` to `high`, with a `threshold` drawn through all rows if it lies within."""

    low: float
    high: float
    threshold: float | None = None

    def position(self, value: float) -> float:
        """Where the value stands, in percent from the left end."""
        return 100 * min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def scale_of(
    ends: Iterable[tuple[float, float]], threshold: float | None = None, *,
    starts_at: float | None, stops_at: float = inf,
) -> IntervalScale:  # fmt: skip
    """The scale that holds all intervals (low, high); `starts_at` 0 includes zero, and beyond
    `stops_at` there are no values. The threshold is
    included when it is at most as far away again as the scale is long."""
    values = [value for pair in ends for value in pair]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if starts_at is not None:
        low = min(low, starts_at)
    length = max((high - low) or abs(high) or 1.0, LEAST_LENGTH)
    if threshold is not None and low - length <= threshold <= high + length:
        low, high = min(low, threshold), max(high, threshold)
        length = high - low or length
    room = ROOM * length
    is_at_zero = starts_at is not None and low >= starts_at
    return IntervalScale(
        low if is_at_zero else low - room, max(min(high + room, stops_at), high), threshold
    )


def layout(
    value: float, ends: tuple[float, float] | None, scale: IntervalScale, label: str, *,
    is_bad: bool = False, is_hollow: bool = False,
) -> Component:  # fmt: skip
    """The drawing; `label` is its name: `95 % interval 259 ms to 284 ms`. Without `ends` the
    interval is not known, and only the value is drawn: `is_hollow` where it is too uncertain for
    one."""
    classes = ["interval", "is-bad" if is_bad else "", "is-hollow" if is_hollow else ""]
    return html.Div(
        [
            _threshold(scale),
            _bar(*ends, scale) if ends else None,
            html.Span(className="interval-dot", style={"left": _css(scale.position(value))}),
        ],
        className=" ".join(filter(None, classes)),
        role="img",
        title=label,
        **html_attributes({"aria-label": label}),
    )


def head(scale: IntervalScale, low: str, high: str, threshold: str = "") -> Component:
    """The ends of the scale, and its threshold, for the header of the column."""
    ends = [html.Span(low), html.Span(high)]
    if _has_threshold(scale) and threshold:
        position = scale.position(scale.threshold or 0.0)
        ends = [
            html.Span(low if position > NEAR else ""),
            html.Span(high if position < 100 - NEAR else ""),
            html.Span(threshold, className="interval-limit-text", style=_within(position)),
        ]
    return html.Div(ends, className="interval-head num")


def _bar(low: float, high: float, scale: IntervalScale) -> Component:
    left, right = scale.position(low), scale.position(high)
    return html.Span(
        className="interval-bar", style={"left": _css(left), "width": _css(right - left)}
    )


def _has_threshold(scale: IntervalScale) -> bool:
    return scale.threshold is not None and scale.low <= scale.threshold <= scale.high


def _threshold(scale: IntervalScale) -> Component | None:
    if not _has_threshold(scale):
        return None
    position = scale.position(scale.threshold or 0.0)
    return html.Span(className="interval-limit", style={"left": _css(position)})


def _within(percent: float) -> dict[str, str]:
    """The place of a text at this part of the width, which ends with it."""
    return {"left": _css(percent), "transform": f"translateX(-{_css(percent)})"}


def _css(percent: float) -> str:
    return f"{percent:.2f}%"
