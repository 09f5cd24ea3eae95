"""Ticks of a time axis and their labels, in any time zone and across clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange

MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 7200, 14400, 43200, 129600)
MOST_TICKS = 12
DAY_MINUTES = 1440


def ticks(window: TimeRange, zone: ZoneInfo) -> list[tuple[str, str]]:
    """(UTC instant, label) of at most 13 ticks at round local times; a new day is named below."""
    minutes = _step_minutes(window)
    tick_labels: list[tuple[str, str]] = []
    labelled_date: object = None
    for at in _round_times(window, zone, minutes):
        local = at.astimezone(zone)
        if minutes >= DAY_MINUTES:
            label = f"{local:%a} {local.day}" if minutes == DAY_MINUTES else _date(local)
        else:
            label = f"{local:%H:%M}"
            if local.date() != labelled_date:
                label += f"<br>{local:%a} {_date(local)}"
        labelled_date = local.date()
        tick_labels.append((chart_time(at), label))
    return _without_overlap(tick_labels)


def _without_overlap(tick_labels: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drops the day under the first tick where the second has one too: both do not fit."""
    if len(tick_labels) > 1 and "<br>" in tick_labels[1][1]:
        (at, label), *later_ticks = tick_labels
        return [(at, label.partition("<br>")[0]), *later_ticks]
    return tick_labels


def chart_time(at: datetime) -> str:
    """An instant in the form Plotly takes: UTC without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _date(local: datetime) -> str:
    return f"{local.day} {local:%b}"


def _step_minutes(window: TimeRange) -> int:
    total = window.length.total_seconds() / 60
    return next((m for m in MINUTES if total / m <= MOST_TICKS), MINUTES[-1] * 4)


def _round_times(window: TimeRange, zone: ZoneInfo, minutes: int) -> list[datetime]:
    """Local wall times at whole steps since their midnight (or the epoch for days)."""
    wall = window.start.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0)
    wall = wall.replace(microsecond=0)
    if minutes > DAY_MINUTES:
        wall -= timedelta(days=(wall - datetime(2001, 1, 1)).days % (minutes // DAY_MINUTES))  # noqa: DTZ001 - wall time
    instants: list[datetime] = []
    while True:
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at >= window.end:
            return instants
        if at >= window.start and (not instants or at > instants[-1]):
            instants.append(at)
        wall += timedelta(minutes=minutes)
