"""Ranges that move with the clock, as an address has them: a span such as `3h`, or a period."""

from analytics.ranges import span
from analytics.ranges.periods import Period
from analytics.ranges.span import Span

Rolling = Span | Period
ACCEPTED = f"{span.ACCEPTED}; or {', '.join(Period)}"
PATTERN = f"{span.FORM.pattern}|{'|'.join(Period)}"


class UnreadableRange(ValueError):
    """The text is no such range; the message says what is accepted."""


def read(text: str) -> Rolling:
    """The range of a text such as `3h` or `last-week`. Raises `UnreadableRange`."""
    if text in set(Period):
        return Period(text)
    try:
        return span.read(text)
    except span.UnreadableSpan:
        raise UnreadableRange(ACCEPTED) from None
