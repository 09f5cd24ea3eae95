"""Parses the "Until" field, a local time such as `18:00` or `2026-11-25 18:00`, to an instant.

A time of day means its next occurrence; a time that occurs twice when clocks go back, the first.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import MAX_PERIOD
from dashboard.core.times import moment

FIELD = "until"
EXAMPLE_AHEAD = timedelta(hours=4)
_PATTERN = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})", re.ASCII)


def instant_of(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant, aware UTC. Raises `RuleFault` with the reason."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise RuleFault(FIELD, f"must be a time such as {example(now, zone)}")
    try:
        wall = _wall(match, now, zone)
        at = _instant(wall, zone)
    except (ValueError, OverflowError):
        raise RuleFault(FIELD, "must be a day and a time that exist") from None
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise RuleFault(FIELD, f"must exist in {zone.key}: the clocks go forward over this time")
    if at <= now:
        raise RuleFault(
            FIELD, f"must be in the future: it is {now.astimezone(zone):%H:%M} in {zone.key}"
        )
    if at > now + MAX_PERIOD:
        latest = moment(now + MAX_PERIOD, now, zone)
        raise RuleFault(FIELD, f"must be within {MAX_PERIOD.days} days, by {latest} at the latest")
    return at


def example(now: datetime, zone: ZoneInfo) -> str:
    """`18:00 or 2026-11-25 18:00`, `EXAMPLE_AHEAD` from now."""
    later = (now + EXAMPLE_AHEAD).astimezone(zone).replace(minute=0)
    return f"{later:%H:%M} or {later:%Y-%m-%d %H:%M}"


def _wall(match: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime:
    """The local time that was typed, naive. Raises `ValueError`."""
    year, month, day, hour, minute = (int(part) if part else None for part in match.groups())
    at_time = time(hour or 0, minute or 0)
    if year is not None and month is not None and day is not None:
        return datetime.combine(date(year, month, day), at_time)
    today = datetime.combine(now.astimezone(zone).date(), at_time)
    return today if _instant(today, zone) > now else today + timedelta(days=1)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
