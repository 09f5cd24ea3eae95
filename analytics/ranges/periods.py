"""Periods of the calendar, as an address names them: `today`, `last-week`, `this-month`."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from analytics.ranges.local_days import midnight
from analytics.ranges.timerange import TimeRange

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


class Period(StrEnum):
    """Days, weeks from Monday on, and months, in the time zone of who asks."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"

    @property
    def heading(self) -> str:
        """`Last week`."""
        return self.replace("-", " ").capitalize()

    def window(self, now: datetime, zone: ZoneInfo) -> TimeRange:
        """The period, up to `now` where it has not ended."""
        first, after = self._days(now.astimezone(zone).date())
        start = midnight(first, zone)
        return TimeRange(start, min(midnight(after, zone), max(now, start + timedelta(seconds=1))))

    def _days(self, today: date) -> tuple[date, date]:
        """Its first day, and the first day after it."""
        monday, first = today - DAY * today.weekday(), today.replace(day=1)
        days = {
            Period.TODAY: (today, today + DAY),
            Period.YESTERDAY: (today - DAY, today),
            Period.THIS_WEEK: (monday, monday + WEEK),
            Period.LAST_WEEK: (monday - WEEK, monday),
            Period.THIS_MONTH: (first, (first + 31 * DAY).replace(day=1)),
            Period.LAST_MONTH: ((first - DAY).replace(day=1), first),
        }
        return days[self]
