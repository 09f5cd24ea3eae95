"""Strict parsing of query strings into time ranges and filters; an unknown name is rejected.

Examples: `start=2026-03-01T00:00:00Z&end=2026-03-02T00:00:00%2B01:00&app=portal&browser=unknown`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from analytics.ranges import rolling
from analytics.ranges.periods import Period
from analytics.ranges.rolling import Rolling, UnreadableRange
from analytics.ranges.span import Span
from analytics.ranges.timerange import Filters, TimeRange
from analytics.ranges.zones import zone_named
from ingest.http.problems import Unprocessable
from models.metrics.dimensions import AUTOMATED, ONLY

DEFAULT_RANGE = Span(24, "h")
UTC_ZONE = ZoneInfo("UTC")
LONGEST_VALUE = 256
FIRST_YEAR, LAST_YEAR = 2000, 2200
FILTERS = tuple(spec.name for spec in fields(Filters))
ENDS = ("start", "end", "range")
RANGE = (*ENDS, "tz")
FORMATS = ("json", "csv")
TIMES = ("iso", "local")
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_NUMBER = re.compile("[1-9][0-9]{0,15}")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
Arguments = MultiDict[str, str]


def reject_unknown(arguments: Arguments, allowed: Iterable[str]) -> None:
    """Raise `Unprocessable` for a parameter that is not in `allowed` or is repeated."""
    names = tuple(allowed)
    for name, values in arguments.lists():
        if name not in names:
            accepted = ", ".join(names) or "none"
            raise Unprocessable(f"There is no such parameter. Accepted: {accepted}.", field=name)
        if len(values) > 1:
            raise Unprocessable("Give this parameter once.", field=name)


def window_of(arguments: Arguments, now: Callable[[], datetime]) -> TimeRange:
    """[start, end), by default the 24 hours up to now.

    `range` gives the length instead of `start`, or a period of the calendar of `tz` instead of
    both. Raises `Unprocessable`.
    """
    rolled, zone = _rolling(arguments), zone_of(arguments)
    end = _instant(arguments, "end") or now()
    try:
        start = _instant(arguments, "start")
        return TimeRange(start, end) if start else rolled.window(end, zone)
    except (ValueError, OverflowError) as fault:
        raise Unprocessable(f"The range cannot be used: {fault}.", field="start") from None


def filters_of(arguments: Arguments) -> Filters:
    """The filter value of each dimension; an empty one means all. Raises `Unprocessable`."""
    automated = option_of(arguments, AUTOMATED, (ONLY,))
    texts = {name: text_of(arguments, name) for name in FILTERS if name != AUTOMATED}
    return Filters(**texts, automated=automated)


def text_of(arguments: Arguments, name: str) -> str | None:
    """The value, `None` when empty. Raises `Unprocessable`."""
    value = arguments.get(name) or None
    if value is not None and (len(value) > LONGEST_VALUE or _CONTROL.search(value)):
        raise Unprocessable(
            f"Give text of at most {LONGEST_VALUE} characters without control characters.",
            field=name,
        )
    return value


def format_of(arguments: Arguments) -> str:
    """`json` or `csv`. Raises `Unprocessable`."""
    return choice_of(arguments, "format", FORMATS)


def choice_of(arguments: Arguments, name: str, choices: Sequence[str]) -> str:
    """One of `choices`, by default the first. Raises `Unprocessable`."""
    value = option_of(arguments, name, choices)
    return choices[0] if value is None else value


def option_of(arguments: Arguments, name: str, choices: Sequence[str]) -> str | None:
    """One of `choices`, `None` when absent. Raises `Unprocessable`."""
    value = arguments.get(name)
    if value is not None and value not in choices:
        *others, last = choices
        accepted = f"{', '.join(others)} or {last}" if others else last
        raise Unprocessable(f"Ask for {accepted}.", field=name)
    return value


def number_of(arguments: Arguments, name: str, most: int) -> int | None:
    """An integer from 1 to `most`, `None` when absent. Raises `Unprocessable`."""
    text = arguments.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or int(text) > most:
        raise Unprocessable(f"Give a whole number from 1 to {most}.", field=name)
    return int(text)


def zone_of(arguments: Arguments) -> ZoneInfo:
    """The time zone `tz`, by default UTC. Raises `Unprocessable`."""
    name = arguments.get("tz")
    zone = UTC_ZONE if name is None else zone_named(name)
    if zone is None:
        raise Unprocessable("Give an IANA time zone, such as Europe/Berlin.", field="tz")
    return zone


def times_of(arguments: Arguments) -> ZoneInfo | None:
    """The zone whose wall times a CSV has, `None` for ISO 8601. Raises `Unprocessable`."""
    zone = zone_of(arguments)
    return zone if choice_of(arguments, "times", TIMES) == "local" else None


def _rolling(arguments: Arguments) -> Rolling:
    """What `range` gives. Raises `Unprocessable`, also beside an end that contradicts it."""
    text = arguments.get("range")
    if text is None:
        return DEFAULT_RANGE
    if "start" in arguments:
        raise Unprocessable("Give either start or range.", field="range")
    try:
        rolled = rolling.read(text)
    except UnreadableRange as fault:
        raise Unprocessable(f"The range {fault}.", field="range") from None
    if isinstance(rolled, Period) and "end" in arguments:
        raise Unprocessable(f"{rolled} has its own end: give either end or range.", field="range")
    return rolled


def _instant(arguments: Arguments, name: str) -> datetime | None:
    text = arguments.get(name)
    if text is None:
        return None
    if " " in text:
        raise Unprocessable("A plus sign in an address is written %2B.", field=name)
    if not _INSTANT.fullmatch(text):
        raise Unprocessable("Give a time with its zone, such as 2026-03-02T12:00:00Z.", field=name)
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unprocessable("There is no such moment.", field=name) from None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise Unprocessable(f"Ask between the years {FIRST_YEAR} and {LAST_YEAR}.", field=name)
    return moment
