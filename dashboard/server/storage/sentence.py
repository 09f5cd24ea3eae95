"""The reading line of Storage & jobs: what is wrong first, else whether all of it will fit."""

from dash import html
from dash.development.base_component import Component

from dashboard.core.numbers import figures, plural, size_text
from dashboard.widgets.pieces import tag

from .data import Reading

SOON_DAYS = 14


def layout(shown: Reading) -> list[Component]:
    """Tag and sentence."""
    jobs, growth = shown.answer.jobs, shown.answer.growth
    failed = [job.job for job in jobs if job.outcome == "failed"]
    if growth.days_left is not None and growth.days_left < SOON_DAYS:
        return [tag("Disk", "bad"), html.Span(_fills(growth.days_left))]
    if not any(job.next_run for job in jobs):
        words = "No scheduler is at work: nothing is dropped, made ahead or exported meanwhile."
        return [tag("No scheduler", "bad"), html.Span(words)]
    if failed:
        named = " and ".join(failed)
        words = " failed in its last run; it tries again." if len(failed) == 1 else " failed."
        return [tag("Job failed", "bad"), html.Span([html.B(named), words])]
    if growth.days_left is not None:
        return [tag("Disk", "warn"), html.Span(_fills(growth.days_left))]
    return [html.Span(words) for words in [_holds(shown)] if words]


def _fills(days: float) -> list[str | Component]:
    return [
        "The disk is full in ",
        html.B(f"{figures(days)} days"),
        " at this growth. Keep fewer days, or give it more room.",
    ]


def _holds(shown: Reading) -> list[str | Component]:
    growth, kept = shown.answer.growth, shown.answer.retention.raw_days
    if growth.full_bytes is None or growth.outlook != "holds":
        return []
    return [
        f"{plural(kept, 'day')} will take ",
        html.B(size_text(growth.full_bytes)),
        "; the disk has room for them.",
    ]
