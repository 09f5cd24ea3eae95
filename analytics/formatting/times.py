"""Times and durations for people, in the time zone of the page."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.formatting.numbers import plural, with_unit


def date(local: datetime, this_year: int) -> str:
    """`12 Mar`, of another year `12 Mar 2025`."""
    year = f" {local.year}" if local.year != this_year else ""
    return f"{local.day} {local:%b}{year}"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Today `14:32`, this year `12 Mar 09:00`, else `12 Mar 2025 09:00`."""
    local, present = at.astimezone(zone), now.astimezone(zone)
    if local.date() == present.date():
        return f"{local:%H:%M}"
    return f"{date(local, present.year)} {local:%H:%M}"


def clock(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A time with seconds: `14:32:07`, with the day when it is not today."""
    local, present = at.astimezone(zone), now.astimezone(zone)
    if local.date() == present.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%a} {date(local, present.year)} {local:%H:%M:%S}"


def span(start: datetime, end: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`2 Mar 09:00 to 12:30`, `28 Dec 2025 09:00 to 2 Jan 09:00`."""
    first, last, year = start.astimezone(zone), end.astimezone(zone), now.astimezone(zone).year
    right = f"{last:%H:%M}"
    if first.date() != last.date():
        right = f"{date(last, year)} {right}"
    return f"{date(first, year)} {first:%H:%M} to {right}"


def length(duration: timedelta) -> str:
    """`45 min`, `4 h 10 min`, `3 days`."""
    minutes = max(1, round(duration.total_seconds() / 60))
    if minutes < 60:
        return with_unit(str(minutes), "min")
    hours, remainder = divmod(minutes, 60)
    if hours < 48:
        tail = " " + with_unit(str(remainder), "min") if remainder else ""
        return with_unit(str(hours), "h") + tail
    days, hours = divmod(hours, 24)
    return f"{days} days" + (" " + with_unit(str(hours), "h") if hours and days < 7 else "")


def step(seconds: int) -> str:
    """`15 s`, `5 min`: the length of a step of a series."""
    if seconds < 60:
        return plural(seconds, "s", "s")
    for unit, unit_seconds in (("week", 604_800), ("day", 86_400)):
        if seconds % unit_seconds == 0:
            return plural(seconds // unit_seconds, unit)
    return length(timedelta(seconds=seconds))
