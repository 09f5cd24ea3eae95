"""What is fitted to the past of S series and what is carried from step to step."""

from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

import numpy as np

from .kinds import SeriesKind, Worse
from .steps import Floats


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of S series of one kind, step and zone; `holidays` are days since 1970-01-01.

    `usual` [S, 2, 24]: the usual level of each hour of working days and of days off, on the scale
    of the kind, NaN before the second day; `spread` [S, 24]: robust spread of the residuals of an
    hour; `widening` [S, 2]: what it is multiplied by on working days and days off, up to 3 where
    there was none yet, near 1 after some; `sudden` and `sustained` [S]: half-widths of the bands
    of both scales, in spreads; `carry` [S]: how much of a residual the next step inherits;
    `trials` [S]: usual trials of a step; `highest` [S]: the third largest value of the days of
    calibration in the unit of the metric, NaN where none limits the band; `frozen_after` [S]:
    steps of one value after which a series is frozen; `designed_rate` [S], `measured_rate` [S]: the
    share of steps that may leave either band, and that left it within the days of calibration
    (NaN without any).
    """

    kind: SeriesKind
    worse: Worse
    step_seconds: int
    zone: ZoneInfo
    holidays: tuple[int, ...]
    usual: Floats
    spread: Floats
    widening: Floats
    sudden: Floats
    sustained: Floats
    carry: Floats
    trials: Floats
    highest: Floats
    frozen_after: Floats
    designed_rate: Floats
    measured_rate: Floats


@dataclass(frozen=True, slots=True)
class Memory:
    """What S series carry from step to step, arrays [S] on the scale of the kind.

    `level`: average of the values of the last hours; `shift`: that of the deviations from the usual
    hour, `anchor`: that of the last days; `residual`: the last deviation from the nearer, cut;
    `slow`: average of the standardised residuals of three hours, `recent`: of the last hour,
    `recent_home`: of those from the anchor; `first`: Unix seconds of the first value, NaN before;
    `last`: the last value in the unit of the metric; `run`: steps of that value; `outside`: how
    many steps in turn were far off; `reference`: the mean of the usual hours.
    """

    level: Floats
    shift: Floats
    residual: Floats
    slow: Floats
    first: Floats
    last: Floats
    run: Floats
    outside: Floats
    recent: Floats
    anchor: Floats
    recent_home: Floats
    reference: Floats

    @classmethod
    def empty(cls, series: int) -> "Memory":
        """Of `series` series without a value."""
        zeros, unset = np.zeros(series), np.full(series, np.nan)
        starts = {"level", "first", "last", "reference"}
        return cls(**{f.name: unset if f.name in starts else zeros for f in fields(cls)})
