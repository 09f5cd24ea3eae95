"""The week in numbers against the week before: what the digest tells. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from analytics.notifications.notice import HistoryPoint, Notice
from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import Summary
from analytics.stats.estimates import Durations, Share

WEEK = timedelta(days=7)
SENT_AFTER = timedelta(hours=6)  # on Monday morning, when late reports are in
MOST_REGIONS = 5
LEAST_SESSIONS = 20  # fewer say nothing about a region
MOST_ALERTS = 10


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One week. Counts are weighted by 1/sample_rate, sessions are not."""

    sessions: int
    drops: int
    reconnect_attempts: int
    connect_success: Share
    stability: Share
    error_rate: Share
    latency_ms: Durations


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """One country in that week; p95 in ms."""

    country: str
    sessions: int
    p95: float | None
    connect_success: float | None
    stability: float | None


class AlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """One alert that was told; `ended` is `None` when no word of its end was sent."""

    rule: str
    labels: dict[str, str]
    severity: str
    since: datetime
    ended: datetime | None


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A week: [start, end) in UTC, Monday to Monday. `latency` is the p95 over time in ms, and
    `latency_before` that of the week before, at the times of this one. `alerts` are the first of
    `alert_count`."""

    week: str
    start: datetime
    end: datetime
    now: Figures
    before: Figures
    latency: tuple[HistoryPoint, ...]
    latency_before: tuple[HistoryPoint, ...]
    regions: tuple[Region, ...]
    alerts: tuple[AlertLine, ...]
    alert_count: int


def week_due(now: datetime) -> TimeRange:
    """The last week that is over and whose digest may be sent."""
    monday = (now - SENT_AFTER).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday -= timedelta(days=monday.weekday())
    return TimeRange(monday - WEEK, monday)


def week_name(week: TimeRange) -> str:
    """`2026-W10`, as ISO 8601 counts weeks."""
    year, number, _ = week.start.isocalendar()
    return f"{year}-W{number:02}"


def digest_of(
    week: TimeRange,
    now: Summary,
    before: Summary,
    regions: Sequence[Region],
    told: Iterable[Notice],
) -> Digest:
    """Everything in its place; the worst regions first."""
    alerts = alert_lines(told)
    return Digest(
        week=week_name(week),
        start=week.start,
        end=week.end,
        now=_figures(now),
        before=_figures(before),
        latency=_line(now, timedelta(0)),
        latency_before=_line(before, WEEK),
        regions=worst(regions),
        alerts=tuple(alerts[:MOST_ALERTS]),
        alert_count=len(alerts),
    )


def region_of(country: str, summary: Summary) -> Region:
    """What is told of one country."""
    return Region(
        country=country,
        sessions=summary.sessions,
        p95=summary.latency_ms.p95,
        connect_success=summary.connect_success.value,
        stability=summary.stability.value,
    )


def worst(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The slowest with enough sessions, at most five."""
    known = [r for r in regions if r.p95 is not None and r.sessions >= LEAST_SESSIONS]
    known.sort(key=lambda region: (-(region.p95 or 0), region.country))
    return tuple(known[:MOST_REGIONS])


def alert_lines(told: Iterable[Notice]) -> list[AlertLine]:
    """The alerts that fired, in order, each once however often and to how many it was told."""
    fired: dict[str, Notice] = {}
    ended: dict[str, datetime] = {}
    for notice in told:
        key = _identity(notice)
        if notice.kind in ("firing", "no_data", "error", "flapping"):
            fired.setdefault(key, notice)
        elif notice.kind == "resolved":
            ended[key] = notice.at
    return [
        AlertLine(
            rule=n.rule, labels=n.labels, severity=n.severity, since=n.since, ended=ended.get(key)
        )
        for key, n in fired.items()
    ]


def _identity(notice: Notice) -> str:
    if notice.alert_id is not None:
        return str(notice.alert_id)
    return f"{notice.rule} {sorted(notice.labels.items())} {notice.since}"


def _figures(summary: Summary) -> Figures:
    return Figures(
        sessions=summary.sessions,
        drops=summary.connection.drops,
        reconnect_attempts=summary.connection.reconnect_attempts,
        connect_success=summary.connect_success,
        stability=summary.stability,
        error_rate=summary.error_rate,
        latency_ms=summary.latency_ms,
    )


def _line(summary: Summary, shift: timedelta) -> tuple[HistoryPoint, ...]:
    """The p95 step by step, with an empty point where steps are missing."""
    step = timedelta(seconds=summary.step_seconds)
    found: list[HistoryPoint] = []
    for point in summary.series:
        if found and point.t + shift - found[-1][0] > step:
            found.append((found[-1][0] + step, None))
        found.append((point.t + shift, point.p95))
    return tuple(found)
