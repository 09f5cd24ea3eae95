"""The days of a time zone as instants, over changes of its clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def instant(day: date, at_time: time, zone: ZoneInfo) -> datetime:
    """The aware UTC time at which clocks of `zone` read this.

    The first of two where they go back. Where they go forward over it, as much later as they jump.
    Raises `OverflowError` near the ends of the calendar.
    """
    return datetime.combine(day, at_time, zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day, aware UTC."""
    return instant(day, time(), zone)
