"""The summary line of Storage & jobs: a problem first, else whether the disk suffices."""

from datetime import datetime, timedelta

from dash import html
from dash.development.base_component import Component

from analytics.operations.storage_answers import JobState
from dashboard.core.numbers import figures, plural, size_text
from dashboard.widgets.pieces import tag

from .data import StorageData

SOON_DAYS = 14
CLOCKS_DIFFER = timedelta(minutes=1)  # more than those of two nodes do


def layout(storage_data: StorageData) -> list[Component]:
    """Tag and sentence."""
    jobs, growth = storage_data.current.jobs, storage_data.current.growth
    failed = [job.job for job in jobs if job.outcome == "failed"]
    if growth.days_left is not None and growth.days_left < SOON_DAYS:
        return [tag("Disk", "bad"), html.Span(_full_soon(growth.days_left))]
    if ahead := [job.job for job in jobs if _is_ahead(job, storage_data.now)]:
        return [tag("Clock set", "bad"), html.Span(_to_come(ahead))]
    if not any(job.next_run for job in jobs):
        text = "No scheduler is running: no retention, no new partitions, no exports."
        return [tag("No scheduler", "bad"), html.Span(text)]
    if failed:
        named = " and ".join(failed)
        text = " failed in its last run; it will be retried." if len(failed) == 1 else " failed."
        return [tag("Job failed", "bad"), html.Span([html.B(named), text])]
    if growth.days_left is not None:
        return [tag("Disk", "warn"), html.Span(_full_soon(growth.days_left))]
    return [html.Span(text) for text in [_fits(storage_data)] if text]


def _is_ahead(job: JobState, now: datetime) -> bool:
    return job.last_run is not None and job.last_run - now > CLOCKS_DIFFER


def _to_come(jobs: list[str]) -> list[str | Component]:
    return [
        "By the clock the last run of ",
        html.B(jobs[0] if len(jobs) == 1 else plural(len(jobs), "job")),
        " is still to come: the clock of a node or of the database was set back, or they differ.",
    ]


def _full_soon(days: float) -> list[str | Component]:
    return [
        "The disk will be full in ",
        html.B(f"{figures(days)} days"),
        " at this growth. Shorten the retention or enlarge the disk.",
    ]


def _fits(storage_data: StorageData) -> list[str | Component]:
    growth, raw_days = storage_data.current.growth, storage_data.current.retention.raw_days
    if growth.full_bytes is None or growth.outlook != "holds":
        return []
    return [
        f"{plural(raw_days, 'day')} will take ",
        html.B(size_text(growth.full_bytes)),
        "; the disk has room for them.",
    ]
