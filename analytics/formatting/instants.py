"""Times for machines: ISO 8601 in UTC, ending in `Z`; or wall-clock times for spreadsheets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def iso8601(at: datetime, timespec: str = "auto") -> str:
    """`2026-03-02T12:00:00Z`; `timespec` as `datetime.isoformat` takes it."""
    return at.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """`2026-03-02 13:00:00` in `zone`, without a fraction: what spreadsheets read as a time.

    Twice the same in the hour that clocks repeat.
    """
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def with_zone(header: str, zone: ZoneInfo) -> str:
    """The head of a column of such times: `t (Europe/Berlin)`."""
    return f"{header} ({zone.key})"
