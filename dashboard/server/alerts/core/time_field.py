"""From what an admin typed into "until" to an instant: `18:00` or `2026-11-25 18:00`.

A time of day is the next such moment. Of a time that comes twice when clocks go back, the first.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.services.actions import LONGEST
from dashboard.core.times import moment

FIELD = "until"
AHEAD = timedelta(hours=4)  # of the example
_written = re.compile(r"(?:(\d{4})-(\d{1,2})-(\d{1,2})[ T]+)?(\d{1,2}):(\d{2})", re.ASCII)


def instant_of(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant, aware UTC. Raises `RuleFault` with what it must be."""
    found = _written.fullmatch(text.strip())
    if found is None:
        raise RuleFault(FIELD, f"must be a time such as {example(now, zone)}")
    try:
        wall = _wall(found, now, zone)
        at = _instant(wall, zone)
    except (ValueError, OverflowError):
        raise RuleFault(FIELD, "must be a day and a time that exist") from None
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise RuleFault(FIELD, f"must exist in {zone.key}: the clocks go forward over this time")
    if at <= now:
        raise RuleFault(FIELD, f"must lie ahead: it is {now.astimezone(zone):%H:%M} in {zone.key}")
    if at > now + LONGEST:
        latest = moment(now + LONGEST, now, zone)
        raise RuleFault(FIELD, f"must lie within {LONGEST.days} days, by {latest} at the latest")
    return at


def example(now: datetime, zone: ZoneInfo) -> str:
    """`18:00 or 2026-11-25 18:00`, some hours from now."""
    later = (now + AHEAD).astimezone(zone).replace(minute=0)
    return f"{later:%H:%M} or {later:%Y-%m-%d %H:%M}"


def _wall(found: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of the zone show then. Raises `ValueError`."""
    year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
    at_time = time(hour or 0, minute or 0)
    if year is not None and month is not None and day is not None:
        return datetime.combine(date(year, month, day), at_time)
    today = datetime.combine(now.astimezone(zone).date(), at_time)
    return today if _instant(today, zone) > now else today + timedelta(days=1)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
