"""Factories of what the Testing page draws: runs a day apart, at 10:00 of late November."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from analytics.load_tests.comparison import compared
from analytics.load_tests.report import LoadTestReport
from analytics.load_tests.runs import summary_of
from analytics.ranges.timerange import TimeRange
from dashboard.server.testing.data import RunList, RunsData
from dashboard.server.testing.url_state import RunsView
from tests.support.load_reports import STARTED, report

NOW = STARTED + timedelta(days=5)
WINDOW = TimeRange(STARTED - timedelta(days=20), NOW)


def run_id(number: int) -> UUID:
    """The id of the run of a day."""
    return UUID(int=number + 1)


def a_run(day: int, ms: float = 10.0, **changes: Any) -> LoadTestReport:
    """A run `day` days after the first, whose round trips last `ms` in each of its 32 windows."""
    made = report(trips=[[ms + at % 3] * 50 for at in range(32)], **changes)
    begun = STARTED + timedelta(days=day)
    return msgspec.structs.replace(
        made, id=run_id(day), started_at=begun, ended_at=begun + timedelta(seconds=37)
    )


def runs_data(reports: Sequence[LoadTestReport] = (), **fields: Any) -> RunsData:
    """The data of a page that lists all `reports`, the latest first, and compares the last two."""
    ordered = sorted(reports, key=lambda each: each.started_at, reverse=True)
    rows = [summary_of(each) for each in ordered]
    run, before = [*ordered, None, None][:2]
    defaults: dict[str, Any] = {
        "view": RunsView(), "selection": RunsView(), "window": WINDOW, "now": NOW,
        "zone": ZoneInfo("UTC"), "current": RunList(WINDOW.start, WINDOW.end, rows),
        "run": run, "before": before, "origin": "https://metrics.example", "retention_days": 400,
        "differences": compared(run, before) if run and before else (),
    }  # fmt: skip
    return RunsData(**(defaults | fields))
