"""Moments as people type them: `18 Nov`, `18 Nov 14:00`, `yesterday 9:30`, `3h ago`, ISO 8601."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.ranges import span
from analytics.ranges.local_days import instant, midnight

DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2199
YEARS_TO_LEAP_DAY = 8
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
EXAMPLES = "18 Nov 14:00, 2026-11-18 14:00, yesterday 9:30, 3h ago or now"
_DAY = (
    r"(?P<iso>\d{4}-\d\d?-\d\d?)|(?P<relative>today|yesterday)"
    r"|(?P<day>\d\d?)\.? (?P<month>[a-z]+)\.?(?: (?P<year>\d{4}))?"
    r"|(?P<month_first>[a-z]+)\.? (?P<day_second>\d\d?)(?:,? (?P<year_last>\d{4}))?"
)
_TIME = r"(?P<time>\d\d?:\d\d(?::\d\d)?)"
_form = re.compile(rf"(?:{_DAY})(?:(?:,? |t){_TIME})?", re.ASCII)
_time_alone = re.compile(_TIME, re.ASCII)
_ago = re.compile(r"(\d{1,7}) ?([mhdw]) ago", re.ASCII)


class UnreadableMoment(ValueError):
    """The text is no moment; the message says what is accepted."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or a day of the zone: from `start` to before `end`, equal for an instant."""

    start: datetime
    end: datetime

    @property
    def is_day(self) -> bool:
        """Whether it is a day."""
        return self.start < self.end


@dataclass(frozen=True, slots=True)
class MomentReader:
    """Reads moments in `zone`. A day without a year is the last up to today, a time without a day
    the last up to now.

    With `after`, the start of the range that the moment ends, both are the first from there on.
    """

    now: datetime
    zone: ZoneInfo
    after: datetime | None = None

    def read(self, text: str) -> Moment:
        """The moment, in aware UTC. Raises `UnreadableMoment`."""
        try:
            moment = self._read(" ".join(text.casefold().split()))
        except (ValueError, OverflowError):
            reason = f"“{text.strip()}” is no time. Type such as {EXAMPLES}."
            raise UnreadableMoment(reason) from None
        if not FIRST_YEAR <= moment.start.year <= LAST_YEAR:
            raise UnreadableMoment(f"Years are from {FIRST_YEAR} to {LAST_YEAR}.")
        return moment

    def _read(self, plain: str) -> Moment:
        at = self._relative(plain)
        if at is None and (time_alone := _time_alone.fullmatch(plain)):
            at = self._next_or_last(_time_of(time_alone["time"]))
        if at is not None:
            return Moment(at, at)
        match = _form.fullmatch(plain)
        if match is None:
            at = _with_zone(plain)
            return Moment(at, at)
        return self._local(self._day_of(match), match["time"])

    def _local(self, day: date, time_text: str | None) -> Moment:
        if time_text is None:
            return Moment(midnight(day, self.zone), midnight(day + DAY, self.zone))
        at = instant(day, _time_of(time_text), self.zone)
        return Moment(at, at)

    def _relative(self, plain: str) -> datetime | None:
        """`now` and `3h ago`."""
        if plain == "now":
            return self.now
        match = _ago.fullmatch(plain)
        return self.now - span.read(match[1] + match[2]).length if match else None

    def _next_or_last(self, at_time: time) -> datetime:
        day = (self.after or self.now).astimezone(self.zone).date()
        at = instant(day, at_time, self.zone)
        if self.after is not None:
            return at if at > self.after else instant(day + DAY, at_time, self.zone)
        return at if at <= self.now else instant(day - DAY, at_time, self.zone)

    def _day_of(self, match: re.Match[str]) -> date:
        today = self.now.astimezone(self.zone).date()
        if match["relative"]:
            return today if match["relative"] == "today" else today - DAY
        if match["iso"]:
            return date(*map(int, match["iso"].split("-")))
        month = _month_of(match["month"] or match["month_first"])
        number = int(match["day"] or match["day_second"])
        year = match["year"] or match["year_last"]
        return date(int(year), month, number) if year else self._without_year(month, number, today)

    def _without_year(self, month: int, number: int, today: date) -> date:
        if self.after is None:
            first, last = date(today.year - YEARS_TO_LEAP_DAY, 1, 1), today
        else:
            first = self.after.astimezone(self.zone).date()
            last = date(first.year + YEARS_TO_LEAP_DAY, 12, 31)
        days = [
            day
            for year in range(first.year, last.year + 1)
            if (day := _date(year, month, number)) and first <= day <= last
        ]
        if not days:
            raise ValueError
        return days[-1] if self.after is None else days[0]


def _month_of(name: str) -> int:
    """1 to 12, of a name or its first three letters and more. Raises `ValueError`."""
    names = [full for full in MONTHS if len(name) >= 3 and full.startswith(name)]
    if len(names) != 1:
        raise ValueError
    return MONTHS.index(names[0]) + 1


def _date(year: int, month: int, number: int) -> date | None:
    """The day, `None` where the month of this year has no such."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _time_of(text: str) -> time:
    hour, minute, second = (*map(int, text.split(":")), 0)[:3]
    return time(hour, minute, second)


def _with_zone(plain: str) -> datetime:
    """ISO 8601 with a zone. Raises `ValueError`."""
    at = datetime.fromisoformat(plain.upper())
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)
