"""Factories of what Storage & jobs draws."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.operations.storage_answers import (
    ArchiveState,
    DaySize,
    Disk,
    Growth,
    Ingest,
    IngestPoint,
    JobState,
    Lag,
    Retention,
    Storage,
)
from analytics.ranges.timerange import TimeRange
from dashboard.core.url_state import View
from dashboard.server.storage.data import StorageData
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
GIGABYTE = 1_000_000_000


def a_day(
    day: int, size_bytes: int, table: str = "client_reports", state: str = "stored"
) -> DaySize:
    """A day of March 2026 of one table, with one row per 100 bytes."""
    return DaySize(
        table=table, day=date(2026, 3, day), state=state, rows=size_bytes // 100,
        size_bytes=size_bytes,
    )  # fmt: skip


def a_job(**fields: Any) -> JobState:
    """A job that ran at 11:59 and is due again in a minute."""
    minute = timedelta(minutes=1)
    defaults: dict[str, Any] = {
        "job": "rollup", "every_seconds": 60, "last_run": NOON - minute, "duration_seconds": 0.25,
        "outcome": "done", "detail": "3 minutes", "next_run": NOON + minute,
    }  # fmt: skip
    return JobState(**(defaults | fields))


def growth(**fields: Any) -> Growth:
    """Unknown, unless passed."""
    defaults: dict[str, Any] = {
        "bytes_per_day": None, "days": 0, "full_bytes": None, "outlook": "unknown",
        "days_left": None,
    }  # fmt: skip
    return Growth(**(defaults | fields))


def archive(**fields: Any) -> ArchiveState:
    """Switched off, unless passed."""
    defaults: dict[str, Any] = {
        "is_on": False, "files": 0, "size_bytes": 0, "first_day": None, "last_day": None,
        "restored_days": [], "fault": None,
    }  # fmt: skip
    return ArchiveState(**(defaults | fields))


def ingest(**fields: Any) -> Ingest:
    """Nothing received, unless passed."""
    defaults: dict[str, Any] = {
        "accepted": 0, "duplicates": 0, "conflicts": 0, "rejected": 0, "refused": 0,
        "cut": 0, "set_aside": 0, "accepted_per_minute": 0.0,
        "rejected_per_minute": 0.0, "reasons": [],
        "lag": Lag(n=0, p50_within_seconds=None, p95_within_seconds=None),
    }  # fmt: skip
    return Ingest(**(defaults | fields))


def ingest_point(minutes: int, accepted: int, rejected: int = 0, refused: int = 0) -> IngestPoint:
    """A step that begins `minutes` after eleven, with one duplicate."""
    return IngestPoint(
        t=NOON - HOUR + timedelta(minutes=minutes), accepted=accepted, duplicates=1,
        conflicts=0, rejected=rejected, refused=refused,
    )  # fmt: skip


def a_storage(**fields: Any) -> Storage:
    """A store of 2 GB on a disk with 60 GB free."""
    defaults: dict[str, Any] = {
        "start": NOON - HOUR, "end": NOON, "data_as_of": NOON, "resolution": "5 minutes",
        "step_seconds": 300, "database_bytes": 2 * GIGABYTE,
        "disk": Disk(total_bytes=100 * GIGABYTE, free_bytes=60 * GIGABYTE), "growth": growth(),
        "retention": Retention(raw_days=30, rollup_days=400), "archive": archive(), "tables": [],
        "days": [], "jobs": [a_job()], "ingest": ingest(), "series": [],
        "others": [], "odd_rows": [],
    }  # fmt: skip
    return Storage(**(defaults | fields))


def storage_data(zone: str = "UTC", **fields: Any) -> StorageData:
    """The page's data; `fields` are those of the report."""
    current = a_storage(**fields)
    return StorageData(
        view=View(preset="1h"), window=TimeRange(current.start, current.end), now=NOON,
        zone=ZoneInfo(zone), current=current,
    )  # fmt: skip
