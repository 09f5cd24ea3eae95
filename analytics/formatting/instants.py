"""Instants as machines read them: ISO 8601 in UTC, ended by `Z`."""

from datetime import UTC, datetime


def written(at: datetime, timespec: str = "auto") -> str:
    """`2026-03-02T12:00:00Z`; `timespec` as `datetime.isoformat` takes it."""
    return at.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
