"""Both sides of the pairs by the hour, on one grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HOUR_SECONDS = 3600
HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HourlySeries:
    """T consecutive hours: starts in Unix seconds [T], ascending without a gap.

    By key of a measure (`analytics.correlation.measures`): `values` [T] in its unit, NaN without
    data; `n` [T] the single values behind each, unweighted: durations of a percentile, messages of
    an error rate, reports of all else. `reports` [T] are those of the hour. `reason`: why nothing,
    or not all, was counted, as a sentence.
    """

    zone: str
    hours: Ints
    values: Mapping[str, Floats]
    n: Mapping[str, Floats]
    reports: Floats
    reason: str | None = None

    @property
    def hour_of_week(self) -> Ints:
        """0 to 167 from Monday 0:00 on the clock of `zone`, [T]."""
        zone = ZoneInfo(self.zone)
        local = [datetime.fromtimestamp(second, UTC).astimezone(zone) for second in self.hours]
        return np.array([at.weekday() * 24 + at.hour for at in local], dtype=np.int64)
