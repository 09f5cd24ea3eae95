"""The hours of the day that a range and a baseline share: an evening is not compared with a week of
nights; pure."""

from dataclasses import replace

import numpy as np

from analytics.baselines.reading import HourlyFigures
from analytics.stats.over_hours.residuals import HOURS_OF_DAY


def common_hours(own: HourlyFigures, baseline: HourlyFigures) -> tuple[int, ...]:
    """The hours of the day in both, ascending, on the clocks of the baseline."""
    both = {*own.hours_of_day.tolist()} & {*baseline.hours_of_day.tolist()}
    return tuple(sorted(both))


def within_hours(figures: HourlyFigures, hours: tuple[int, ...]) -> HourlyFigures:
    """Without what was measured at other hours of the day."""
    if len(hours) == HOURS_OF_DAY:
        return figures
    is_common = np.isin(figures.hours_of_day, hours).astype(np.float64)
    arrays = figures.arrays.regrouped(np.diag(is_common), figures.arrays.grid)
    return replace(figures, arrays=arrays)
