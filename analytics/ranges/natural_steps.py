"""Natural lengths of steps, and neighbouring steps joined to them by the clock of a zone; pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
# Up to a day each divides it; then weeks, which begin on Mondays.
NATURAL_SECONDS = (
    *(5, 15, 30),
    *(minutes * MINUTE for minutes in (1, 5, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 8, 12)),
    DAY,
    *(weeks * WEEK for weeks in (1, 4, 12, 52, 104, 208, 416, 832)),
)
WALL_ORIGIN = datetime(2001, 1, 1)  # noqa: DTZ001 - wall time, a Monday


def lengths_of(step_seconds: int) -> list[int]:
    """The natural lengths of one or more full steps, ascending."""
    return [seconds for seconds in NATURAL_SECONDS if seconds % step_seconds == 0]


def natural_seconds(step_seconds: int, least_seconds: float) -> int:
    """The shortest natural length of full steps that is not below `least_seconds`."""
    lengths = lengths_of(step_seconds)
    return next((seconds for seconds in lengths if seconds >= least_seconds), lengths[-1])


def clock_of(steps: Sequence[datetime], step_seconds: int, zone: ZoneInfo, own: str) -> ZoneInfo:
    """The zone by which `steps` are joined: `zone` where all begin at multiples of their length on
    its clock, else `own`, whose days they divide."""
    length = timedelta(seconds=step_seconds)
    is_natural = all((_wall(at, zone) - WALL_ORIGIN) % length == timedelta() for at in steps)
    return zone if is_natural else ZoneInfo(own)


@lru_cache(maxsize=64)  # the panels of a page share their steps
def joined_starts(
    steps: tuple[datetime, ...], step_seconds: int, seconds: int, zone: ZoneInfo
) -> list[datetime]:
    """The start of the step of `seconds` that the middle of each step lies in: steps that begin
    beside the clock, on the day of a change, belong to the one that has most of them."""
    half = timedelta(seconds=step_seconds) / 2
    return [natural_start(at + half, seconds, zone) for at in steps]


def natural_start(at: datetime, seconds: int, zone: ZoneInfo) -> datetime:
    """The start (UTC) of the step that an instant lies in, by the wall clock of `zone`."""
    length = timedelta(seconds=seconds)
    start = WALL_ORIGIN + (_wall(at, zone) - WALL_ORIGIN) // length * length
    # The hour that a clock change repeats is two steps, unless it lies within a longer one.
    fold = at.astimezone(zone).fold if seconds <= HOUR else 0
    return start.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
