"""A span of time as people write it in an address: `15m`, `3h`, `24h`, `7d`, `30d`, `4w`."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import LONGEST_RANGE, TimeRange

UNITS = {"m": ("minute", "minutes"), "h": ("hour", "hours"), "d": ("day", "days"),
         "w": ("week", "weeks")}  # fmt: skip
FORM = re.compile(r"([1-9][0-9]{0,6})([mhdw])", re.ASCII)
ACCEPTED = (
    "must be a whole number with m, h, d or w, such as 15m, 3h, 24h, 7d or 30d, "
    f"at most {LONGEST_RANGE.days}d"
)


class UnreadableSpan(ValueError):
    """The text is no span; the message says what is accepted."""

    def __init__(self) -> None:
        super().__init__(ACCEPTED)


@dataclass(frozen=True, slots=True)
class Span:
    """A whole number of minutes, hours, days of 24 hours or weeks; `str` gives the form it is
    read from."""

    count: int
    unit: str

    @property
    def length(self) -> timedelta:
        """The elapsed time."""
        return timedelta(**{UNITS[self.unit][1]: self.count})

    @property
    def label(self) -> str:
        """What follows "last": `3 hours`, `hour`; a week is `7 days`, the last one is a period."""
        single, plural = UNITS[self.unit]
        if (self.count, self.unit) == (1, "w"):
            return "7 days"
        return single if self.count == 1 else f"{self.count} {plural}"

    @property
    def heading(self) -> str:
        """`Last 3 hours`."""
        return f"Last {self.label}"

    def window(self, now: datetime, _zone: ZoneInfo) -> TimeRange:
        """The time up to `now`."""
        return TimeRange(now - self.length, now)

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def read(text: str) -> Span:
    """The span of a text such as `3h`. Raises `UnreadableSpan`, also above `LONGEST_RANGE`."""
    match = FORM.fullmatch(text)
    if match is None:
        raise UnreadableSpan
    span = Span(int(match[1]), match[2])
    if span.length > LONGEST_RANGE:
        raise UnreadableSpan
    return span
