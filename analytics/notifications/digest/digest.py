"""The contents of the weekly digest: a week's figures and those of the week before. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from analytics.notifications.notice import HistoryPoint, Notice
from analytics.ranges.timerange import TimeRange
from analytics.reports import judged
from analytics.reports.client_answers import Summary, counted
from analytics.stats.estimates import Durations, Share

WEEK = timedelta(days=7)
SENT_AFTER = timedelta(hours=6)  # after Monday 00:00 UTC, when late reports have arrived
MAX_REGIONS = 5
MIN_SESSIONS = 20  # fewer are too few to judge a region
MAX_ALERTS = 10


class WeekFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a week. Counts are weighted by 1/sample_rate, sessions are not. Kinds of drops
    are `None` where no monitor tells them."""

    sessions: int
    drops: int
    reconnect_attempts: int
    connect_success: Share
    stability: Share
    error_rate: Share
    latency_ms: Durations
    lost: int | None = None
    ended_by_server: int | None = None
    never_back: int | None = None
    without_connection_ms: int | None = None


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A country in the week; p95 is the round trip in ms."""

    country: str
    sessions: int
    p95: float | None
    connect_success: float | None
    stability: float | None


class AlertLine(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with notices in the week; `ended` is `None` when no resolved notice was sent."""

    rule: str
    labels: dict[str, str]
    severity: str
    since: datetime
    ended: datetime | None


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A week: [start, end) in UTC, Monday to Monday. `latency` is the p95 over time in ms, and
    `latency_before` that of the week before, shifted to the times of this one. `alerts` are the
    first of `alert_count`. `has_two_rules`: monitors before 2.0 reported in one of the weeks more
    than in the other, which counted drops by another rule."""

    week: str
    start: datetime
    end: datetime
    now: WeekFigures
    before: WeekFigures
    latency: tuple[HistoryPoint, ...]
    latency_before: tuple[HistoryPoint, ...]
    regions: tuple[Region, ...]
    alerts: tuple[AlertLine, ...]
    alert_count: int
    has_two_rules: bool = False


def week_due(now: datetime) -> TimeRange:
    """The last complete week whose digest is due at `now`."""
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
    notices: Iterable[Notice],
) -> Digest:
    """The digest of `week` from both summaries; `notices` are those sent in the week."""
    alerts = alert_lines(notices)
    return Digest(
        week=week_name(week),
        start=week.start,
        end=week.end,
        now=_week_figures(now),
        before=_week_figures(before),
        latency=_p95_series(now, timedelta(0)),
        latency_before=_p95_series(before, WEEK),
        regions=slowest_regions(regions),
        alerts=tuple(alerts[:MAX_ALERTS]),
        alert_count=len(alerts),
        has_two_rules=judged.have_two_rules(now, before),
    )


def region_of(country: str, summary: Summary) -> Region:
    """The figures of a country."""
    return Region(
        country=country,
        sessions=counted(summary.sessions),
        p95=counted(summary.latency_ms).p95,
        connect_success=summary.connect_success.value,
        stability=counted(summary.stability).value,
    )


def slowest_regions(regions: Sequence[Region]) -> tuple[Region, ...]:
    """The slowest regions with enough sessions, at most five."""
    comparable = [r for r in regions if r.p95 is not None and r.sessions >= MIN_SESSIONS]
    comparable.sort(key=lambda region: (-(region.p95 or 0), region.country))
    return tuple(comparable[:MAX_REGIONS])


def alert_lines(notices: Iterable[Notice]) -> list[AlertLine]:
    """The alerts that fired, in order, each once however many notices and recipients it had."""
    fired: dict[str, Notice] = {}
    ended: dict[str, datetime] = {}
    for notice in notices:
        key = _alert_key(notice)
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


def _alert_key(notice: Notice) -> str:
    if notice.alert_id is not None:
        return str(notice.alert_id)
    return f"{notice.rule} {sorted(notice.labels.items())} {notice.since}"


def _week_figures(summary: Summary) -> WeekFigures:
    return WeekFigures(
        sessions=counted(summary.sessions),
        drops=summary.connection.drops,
        reconnect_attempts=summary.connection.reconnect_attempts,
        connect_success=summary.connect_success,
        stability=counted(summary.stability),
        error_rate=summary.error_rate,
        latency_ms=counted(summary.latency_ms),
        lost=summary.connection.lost,
        ended_by_server=summary.connection.ended_by_server,
        never_back=summary.connection.never_back,
        without_connection_ms=summary.connection.without_connection_ms,
    )


def _p95_series(summary: Summary, shift: timedelta) -> tuple[HistoryPoint, ...]:
    """The p95 by step, with a `None` point in each gap; `shift` is added to the times."""
    step = timedelta(seconds=summary.step_seconds)
    points: list[HistoryPoint] = []
    for point in summary.series:
        if points and point.t + shift - points[-1][0] > step:
            points.append((points[-1][0] + step, None))
        points.append((point.t + shift, point.p95))
    return tuple(points)
