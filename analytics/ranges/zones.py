"""Time zones by their IANA names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST_NAME = 64


def zone_named(name: object) -> ZoneInfo | None:
    """The time zone of an IANA name, `None` for an invalid one."""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
