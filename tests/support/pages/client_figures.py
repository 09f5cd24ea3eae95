"""Factories of what the client Overview draws: an hour before noon in steps of five minutes."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import (
    Connection,
    Experience,
    Messages,
    PageLoad,
    Point,
    SessionStates,
    Summary,
)
from analytics.reports.client_reading import NO_SPLITS
from analytics.reports.client_splits import ClientSplits
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.estimates import Durations, Share
from analytics.stats.summaries import share_of
from dashboard.client.overview.data import OverviewData
from dashboard.core.url_state import View
from dashboard.page.data import SeriesReport
from tests.support.clock import NOON
from tests.support.pages.duration_steps import duration_steps

HOUR, STEP_SECONDS = timedelta(hours=1), 300
CONNECTION: dict[str, Any] = {
    "attempts": 200, "opened": 190, "failed": 10, "drops": 8, "reconnect_attempts": 9,
    "reconnect_successes": 6, "recovered_within_5_s": 4, "open_ms": 1, "downtime_ms": 1,
    "close_codes": {}, "abandoned": 2, "lost": 7, "ended_by_server": 1, "replaced": 3,
    "never_back": 2, "silent_ms": 30_000, "without_connection_ms": 90_000,
    "downtime_hidden_ms": 10_000, "suspended_ms": 5000, "close_codes_given": {}, "open_losses": 0,
}  # fmt: skip
BY_CODE = {"close_codes", "close_codes_given"}
MESSAGES = {
    "sent": 1200, "received": 800, "queued": 3, "errors": 2, "bytes_sent": 4_500_000,
    "bytes_received": 900,
}  # fmt: skip


def durations(n: int = 0, p50: float | None = None, p95: float | None = None) -> Durations:
    """Durations in ms; p99 is twice p95, the mean p50."""
    return Durations(n=n, mean=p50, p50=p50, p95=p95, p99=None if p95 is None else 2 * p95)


def connection(**fields: Any) -> Connection:
    """200 attempts, 8 drops of which 6 reconnected."""
    return Connection(**(CONNECTION | fields))


def messages(**fields: Any) -> Messages:
    """2,000 messages, 2 of them failed."""
    return Messages(**(MESSAGES | fields))


def a_point(minutes: int, **fields: Any) -> Point:
    """A step that begins `minutes` after eleven."""
    defaults: dict[str, Any] = {
        "t": NOON - HOUR + timedelta(minutes=minutes), "reports": 10, "sessions": 5, "attempts": 10,
        "opened": 9, "failed": 1, "drops": 2, "abnormal_sessions": 1, "n": 200, "p50": 40.0,
        "p95": 90.0, "p99": 180.0, "recovery_n": 1, "recovery_p95": 900.0, "lost": 2,
        "ended_by_server": 0, "never_back": 0, "reply_n": 20, "reply_p95": 300.0,
    }  # fmt: skip
    return Point(**(defaults | fields))


def a_summary(**fields: Any) -> Summary:
    """100 sessions of two steps; other fields as passed."""
    defaults: dict[str, Any] = {
        "start": NOON - HOUR, "end": NOON, "data_as_of": NOON, "resolution": "5 minutes",
        "step_seconds": STEP_SECONDS, "filters": {}, "reports": 240, "sessions": 100,
        "abnormal_sessions": 7, "sessions_are": "present", "zone": "UTC", "not_counted": {},
        "lost_reports": 0, "judged_reports": 240, "judged_from": None, "may_be_blind": {},
        "automated_sessions": {},
        "session_states": SessionStates(at=NOON, heard=50, without_connection=2, silent=1),
        "reply_ms": durations(20, 120.0, 300.0),
        "latest_report": NOON, "connection": connection(),
        "connect_success": share_of(190, 200, 200),
        "stability": share_of(93, 100, 100), "messages": messages(),
        "error_rate": share_of(2, 2000, 2000), "latency_ms": durations(400, 40.0, 90.0),
        "setup_ms": durations(), "recovery_ms": durations(6, 900.0, 12_000.0),
        "ux": Experience(page_load_ms=PageLoad(n=0, p50=None, p95=None), errors=0, interactions=0),
        "network": {}, "series": [a_point(0), a_point(5)],
    }  # fmt: skip
    return Summary(**(defaults | fields))


def an_empty_summary(**fields: Any) -> Summary:
    """A range without reports."""
    nothing = Share(value=None, n=0, low=None, high=None)
    defaults: dict[str, Any] = {
        "reports": 0, "sessions": 0, "abnormal_sessions": 0, "latest_report": None, "series": [],
        "connection": connection(**dict.fromkeys(CONNECTION.keys() - BY_CODE, 0)),
        "messages": messages(**dict.fromkeys(MESSAGES, 0)), "connect_success": nothing,
        "stability": nothing, "error_rate": nothing, "latency_ms": durations(),
        "recovery_ms": durations(), "reply_ms": durations(), "judged_reports": 0,
        "session_states": SessionStates(at=NOON, heard=0, without_connection=0, silent=0),
    }  # fmt: skip
    return a_summary(**(defaults | fields))


def overview_data(
    current: Summary, before: Summary | None = None, view: View | None = None,
    now: datetime = NOON, zone: str = "UTC", latency: DurationSteps | None = None,
    latency_before: DurationSteps | None = None, splits: ClientSplits = NO_SPLITS,
) -> OverviewData:  # fmt: skip
    """The page's data of one or two ranges, whose durations per step are those passed."""
    return OverviewData(
        view=view or View(preset="1h"), window=TimeRange(current.start, current.end), now=now,
        zone=ZoneInfo(zone), current=current, durations=durations_of(current, latency),
        before=before, durations_before=durations_of(before, latency_before) if before else {},
        splits=splits,
    )  # fmt: skip


def durations_of(report: SeriesReport, latency: DurationSteps | None) -> dict[str, DurationSteps]:
    """These latencies, and nothing else measured."""
    window = TimeRange(report.start, report.end)
    nothing = duration_steps(window, report.step_seconds, zone=report.zone)
    return {"latency": latency or nothing, "recovery": nothing, "broadcast": nothing}
