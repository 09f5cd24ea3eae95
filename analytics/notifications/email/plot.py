"""The thinking behind a small chart: what is drawn, its scales and its ticks. No drawing here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor, isfinite, log10

from analytics.notifications.notice import HistoryPoint, Notice
from analytics.notifications.wording import told, unit_of

MOST_TICKS = 7
STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)
)
ROOM = 0.08  # of the values' extent, kept free above and below


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One measured line; `previous` (dotted) and the rest only where there is such a thing.

    `usual` is a band, `limit` a line with its words (one or two lines), and values on its side of
    `direction` are bad. `since` starts the tinted span of the trouble. `unit` is that of a notice.
    """

    points: Sequence[HistoryPoint]
    unit: str
    previous: Sequence[HistoryPoint] = ()
    usual: tuple[float, float] | None = None
    limit: float | None = None
    limit_words: str = ""
    direction: str = "above"
    since: datetime | None = None


def plot_of(notice: Notice) -> Plot | None:
    """What a notice has to draw; `None` without at least two values."""
    points = [(at, value) for at, value in notice.history if value is None or isfinite(value)]
    if sum(value is not None for _, value in points) < 2:
        return None
    is_known = notice.usual_low is not None and notice.usual_high is not None
    return Plot(
        points=points,
        unit=unit_of(notice),
        usual=(notice.usual_low or 0.0, notice.usual_high or 0.0) if is_known else None,
        limit=notice.threshold,
        limit_words=f"fires {notice.direction}\n{told(notice, notice.threshold)}",
        direction=notice.direction,
        since=notice.since,
    )


def extent(plot: Plot) -> tuple[float, float]:
    """The lowest and highest value the chart must show; from zero unless that hides the change."""
    values = [value for _, value in (*plot.points, *plot.previous) if value is not None]
    values += [value for value in (plot.usual or ()) if isfinite(value)]
    values += [plot.limit] if plot.limit is not None else []
    low, high = min(values), max(values)
    if 0 <= low <= high * 0.6:
        low = 0.0
    room = (high - low or abs(high) or 1.0) * ROOM
    return (low if low == 0 else low - room), high + room


def value_ticks(low: float, high: float) -> list[float]:
    """Three to five round numbers within [low, high]."""
    size = (high - low) / 4
    power = 10.0 ** floor(log10(size))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= size)
    return [number * step for number in range(ceil(low / step), floor(high / step) + 1)]


def time_ticks(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """At most eight round moments of UTC in [start, end] with their words."""
    length = end - start
    step = next((step for step in STEPS if length / step <= MOST_TICKS), STEPS[-1])
    words = _day if step >= timedelta(days=1) else _time
    first = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday
    at = first + ceil((start - first) / step) * step
    ticks = []
    while at <= end:
        ticks.append((at, words(at)))
        at += step
    return ticks


def scale(low: float, high: float, near: float, far: float) -> Callable[[float], float]:
    """From values of [low, high] to places of [near, far]."""
    return lambda value: near + (value - low) / (high - low) * (far - near)


def segments(points: Sequence[HistoryPoint]) -> list[list[tuple[datetime, float]]]:
    """The points cut where there is no value: gaps stay open."""
    found: list[list[tuple[datetime, float]]] = [[]]
    for at, value in points:
        if value is None:
            found.append([])
        else:
            found[-1].append((at, value))
    return [segment for segment in found if segment]


def _time(at: datetime) -> str:
    return f"{at:%H:%M}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b}"
