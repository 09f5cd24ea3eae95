"""Times for machines: ISO 8601 in UTC, ending in `Z`."""

from datetime import UTC, datetime


def iso8601(at: datetime, timespec: str = "auto") -> str:
    """`2026-03-02T12:00:00Z`; `timespec` as `datetime.isoformat` takes it."""
    return at.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
