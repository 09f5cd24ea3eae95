"""Wall-clock time of a grid: local hours and days, with 23 and 25 hours where the clock changes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from .steps import Ints

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WallClock:
    """Local time of T steps: `day` since 1970-01-01, `hour` 0 to 23, `part` of the hour passed
    (0 to 1), `off` 1 on days off: Saturdays, Sundays and `holidays`, days since 1970-01-01."""

    day: Ints
    hour: Ints
    part: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    off: Ints
    holidays: tuple[int, ...] = ()

    def sliced(self, span: slice) -> "WallClock":
        """The steps of `span`."""
        return WallClock(
            self.day[span], self.hour[span], self.part[span], self.off[span], self.holidays
        )


def wall_clock(timestamps: Ints, zone: ZoneInfo, holidays: tuple[int, ...] = ()) -> WallClock:
    """The local time of Unix seconds; the offset is looked up once an hour, which is enough: no
    zone has changed its clock within an hour since 1900 but at its half."""
    local = timestamps + _offsets(timestamps, zone)
    day = local // DAY_SECONDS
    second = local - day * DAY_SECONDS
    hour, part = second // HOUR_SECONDS, (second % HOUR_SECONDS) / HOUR_SECONDS
    return WallClock(day, hour, part, is_day_off(day, holidays), holidays)


def is_day_off(day: Ints, holidays: tuple[int, ...] = ()) -> Ints:
    """1 where a day since 1970-01-01, a Thursday, is a Saturday, a Sunday or one of `holidays`."""
    return (((day + 3) % 7 >= 5) | np.isin(day, holidays)).astype(np.int64)


def day_slices(day: Ints) -> list[slice]:
    """The runs of steps of the same local day."""
    starts = [0, *(np.flatnonzero(np.diff(day)) + 1).tolist(), len(day)]
    return [slice(a, b) for a, b in pairwise(starts) if b > a]


def _offsets(timestamps: Ints, zone: ZoneInfo) -> Ints:
    halves, index = np.unique(timestamps // 1800, return_inverse=True)
    seconds = [_offset(int(half) * 1800, zone) for half in halves]
    return np.array(seconds, dtype=np.int64)[index] if seconds else timestamps


def _offset(second: int, zone: ZoneInfo) -> int:
    moment = (_EPOCH + timedelta(seconds=second)).astimezone(zone)
    return int((moment.utcoffset() or timedelta()).total_seconds())
