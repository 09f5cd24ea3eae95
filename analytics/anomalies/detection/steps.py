"""The inputs and results of the detector: arrays over S series and T steps of one grid."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .kinds import SeriesKind, Worse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Mask = NDArray[np.bool]


@dataclass(frozen=True, slots=True)
class Steps:
    """Consecutive steps of S series.

    `timestamps` [T]: starts of the steps, Unix seconds, ascending, equally spaced; `values` [S, T]
    in the unit of the metric, NaN without data (which is not zero), of ratios a share of 0 to 1;
    `trials` [S, T]: the denominators of ratios; `expected` [S, T]: expected values of a forecast
    that was made before each step, NaN or absent where the usual hour is to be used.
    """

    timestamps: Ints
    values: Floats
    trials: Floats | None = None
    expected: Floats | None = None

    def sliced(self, start: int, stop: int) -> "Steps":
        """The steps from `start` to before `stop`."""
        return Steps(
            self.timestamps[start:stop],
            self.values[:, start:stop],
            None if self.trials is None else self.trials[:, start:stop],
            None if self.expected is None else self.expected[:, start:stop],
        )


@dataclass(frozen=True, slots=True)
class History:
    """What a band is fitted to: 42 days are used, 28 to calibrate and 14 before each for the usual
    hour; windows that shall not count are NaN. `worse` is of all its series, as is
    `kind`; `holidays`, days since 1970-01-01, past and to come, count as weekends do."""

    steps: Steps
    kind: SeriesKind
    step_seconds: int
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    worse: Worse = Worse.BOTH
    holidays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is said of each step, arrays [S, T].

    `expected`, `low`, `high`: in the unit of the metric, cut to what is possible, NaN while
    learning; `rho`: the larger of the deviations of both scales in widths of their bands, 0 without
    a verdict; `slow_rho`: that of the sustained scale; `score` = rho / (1 + rho); `state`: a
    `StepState`; `scale`: a `TimeScale`.
    """

    expected: Floats
    low: Floats
    high: Floats
    rho: Floats
    slow_rho: Floats
    score: Floats
    p_value: Floats
    state: Codes
    scale: Codes
