"""The data of a small chart: what is drawn, its scales and its ticks. No drawing here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor, isfinite, log10

from analytics.notifications.notice import HistoryPoint, Notice
from analytics.notifications.wording import display_unit, value_text

MAX_TICKS = 7
TICK_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
)
PADDING = 0.08  # share of the values' extent left free above and below


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A measured line, with optional parts: `previous` is a dotted line of the previous period,
    `usual` a band (low, high), `limit` a line with a label of one or two lines; values beyond it in
    `direction` are bad. From `since` on the background is tinted. `unit` is that of a notice.
    """

    points: Sequence[HistoryPoint]
    unit: str
    previous: Sequence[HistoryPoint] = ()
    usual: tuple[float, float] | None = None
    limit: float | None = None
    limit_label: str = ""
    direction: str = "above"
    since: datetime | None = None


def plot_of(notice: Notice) -> Plot | None:
    """The plot of a notice's history; `None` with fewer than two values."""
    points = [(at, value) for at, value in notice.history if value is None or isfinite(value)]
    if sum(value is not None for _, value in points) < 2:
        return None
    has_usual_range = notice.usual_low is not None and notice.usual_high is not None
    return Plot(
        points=points,
        unit=display_unit(notice),
        usual=(notice.usual_low or 0.0, notice.usual_high or 0.0) if has_usual_range else None,
        limit=notice.threshold,
        limit_label=f"fires {notice.direction}\n{value_text(notice, notice.threshold)}",
        direction=notice.direction,
        since=notice.since,
    )


def extent(plot: Plot) -> tuple[float, float]:
    """The value range of the chart; starts at zero unless that would flatten the line."""
    values = [value for _, value in (*plot.points, *plot.previous) if value is not None]
    values += [value for value in (plot.usual or ()) if isfinite(value)]
    values += [plot.limit] if plot.limit is not None else []
    low, high = min(values), max(values)
    if 0 <= low <= high * 0.6:
        low = 0.0
    padding = (high - low or abs(high) or 1.0) * PADDING
    return (low if low == 0 else low - padding), high + padding


def value_ticks(low: float, high: float) -> list[float]:
    """Three to five round numbers within [low, high]."""
    size = (high - low) / 4
    power = 10.0 ** floor(log10(size))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= size)
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def time_ticks(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """At most eight round times (UTC) in [start, end] with their labels."""
    length = end - start
    step = next((step for step in TICK_STEPS if length / step <= MAX_TICKS), TICK_STEPS[-1])
    label_of = _date_label if step >= timedelta(days=1) else _clock_label
    first = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday
    at = first + ceil((start - first) / step) * step
    ticks = []
    while at <= end:
        ticks.append((at, label_of(at)))
        at += step
    return ticks


def linear_scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """Maps values of [low, high] to coordinates of [start, end]."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def segments(points: Sequence[HistoryPoint]) -> list[list[tuple[datetime, float]]]:
    """The points split at missing values, so that gaps stay open."""
    runs: list[list[tuple[datetime, float]]] = [[]]
    for at, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [segment for segment in runs if segment]


def _clock_label(at: datetime) -> str:
    return f"{at:%H:%M}"


def _date_label(at: datetime) -> str:
    return f"{at.day} {at:%b}"
