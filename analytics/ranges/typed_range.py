"""Ranges of time as people type them: `yesterday`, `3h`, `18 Nov`, `18 Nov 14:00 to 16:00`."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.ranges import rolling
from analytics.ranges.periods import Period
from analytics.ranges.rolling import Rolling, UnreadableRange
from analytics.ranges.timerange import TimeRange
from analytics.ranges.typed_moment import MomentReader, UnreadableMoment

LONGEST_TEXT = 80
OF_AN_INSTANT = timedelta(hours=1)  # what a single time such as `18 Nov 14:00` selects
EXAMPLES = "yesterday, last week, 3h, 45m, 18 Nov, or 18 Nov 14:00 to 16:00"
_span = re.compile(
    r"(?:(?:last|past) )?(?P<count>\d{1,7})? ?"
    r"(?P<unit>m|h|d|w|mins?|minutes?|hrs?|hours?|days?|weeks?)",
    re.ASCII,
)
_between = re.compile(r" (?:to|until|till|-|–|—) ")
_since = re.compile(r"(?:since|from) ")


def read(text: str, now: datetime, zone: ZoneInfo) -> Rolling | TimeRange:
    """The range of a text, its days and times those of `zone`. Raises `UnreadableRange`.

    A day alone is this day, a time alone the hour from then on.
    """
    plain = " ".join(text.casefold().split())
    try:
        if not plain or plain == "now" or len(text) > LONGEST_TEXT:
            raise UnreadableMoment
        return _rolling(plain) or _fixed(plain, now, zone)
    except UnreadableMoment:
        reason = f"“{text.strip()[:LONGEST_TEXT]}” is no range. Type such as {EXAMPLES}."
        raise UnreadableRange(reason) from None


def read_ends(first: str, last: str, now: datetime, zone: ZoneInfo) -> TimeRange:
    """The range from one typed moment to another; a day at the end is part of it.

    Raises `UnreadableRange`.
    """
    try:
        start = MomentReader(now, zone).read(first).start
        return _range(start, MomentReader(now, zone, start).read(last).end)
    except UnreadableMoment as fault:
        raise UnreadableRange(str(fault)) from None


def _rolling(plain: str) -> Rolling | None:
    if (name := plain.replace(" ", "-")) in set(Period):
        return Period(name)
    match = _span.fullmatch(plain)
    if match is None or (match["count"] is None and not plain.startswith(("last ", "past "))):
        return None
    try:
        return rolling.read(f"{int(match['count'] or 1)}{match['unit'][0]}")
    except UnreadableRange:
        raise UnreadableMoment from None


def _fixed(plain: str, now: datetime, zone: ZoneInfo) -> TimeRange:
    ends = _between.split(plain)
    if since := _since.match(plain):
        ends[0] = ends[0][since.end() :]
        ends = [*ends, "now"] if len(ends) == 1 else ends
    if len(ends) == 2:
        return read_ends(ends[0], ends[1], now, zone)
    moment = MomentReader(now, zone).read(plain)
    return _range(moment.start, moment.end if moment.is_day else moment.start + OF_AN_INSTANT)


def _range(start: datetime, end: datetime) -> TimeRange:
    try:
        return TimeRange(start, end)
    except ValueError as fault:
        raise UnreadableRange(f"This range cannot be used: {fault}.") from None
