"""Shares whose sampling unit is the session, with the interval that sessions give; pure."""

import numpy as np

from analytics.baselines.reading import HourlyFigures
from analytics.query.arrays import Floats
from analytics.reports.segments.figures import Difference, FigureValues, difference
from analytics.stats.intervals import Z_95, wilson_bounds
from analytics.stats.over_hours.residuals import divided
from analytics.stats.over_sessions import ratios
from analytics.stats.session_moments import ratio_of

# The sums of what is bad, and of what it is counted per, by the metric whose moments are stored.
PARTS = {
    "connect_success": (("tries",), ("opened",), -1.0),
    "error_rate": (("sent", "received"), ("errors",), 1.0),
}


def share_difference(
    metric: str, own: HourlyFigures, baseline: HourlyFigures
) -> tuple[Difference, Floats] | None:
    """The difference of a share with its interval, and in its standard errors, (1,); `None` where
    it is not known how its sessions vary."""
    values = [_share(metric, figures) for figures in (own, baseline)]
    first, second = values
    if first is None or second is None:
        return None
    between = difference(first, second)
    nearer = np.where(between.value > 0, between.value - between.low, between.high - between.value)
    return between, divided(between.value * Z_95, nearer)


def _share(metric: str, figures: HourlyFigures) -> FigureValues | None:
    if metric == "stability":
        return _stability(figures)
    if metric not in PARTS:
        return None
    moments = ratio_of(figures.moments[None], metric)
    trials, counted, sign = PARTS[metric]
    exposure, part = _total(figures, trials), _total(figures, counted)
    if exposure is None or part is None or not moments.x[0]:
        return None
    value = divided(exposure - part if sign < 0 else part, exposure).clip(0.0, 1.0)
    intervals = ratios.shares_of_few if metric == "error_rate" else ratios.shares
    bad = intervals(value, moments, moments, divided(exposure, moments.x))
    n = sum(figures.arrays.n_of(name).sum(axis=1) for name in trials)
    if sign > 0:
        return FigureValues(bad.value, bad.low, bad.high, n, bad.too_few)
    return FigureValues(1 - bad.value, 1 - bad.high, 1 - bad.low, n, bad.too_few)


def _stability(figures: HourlyFigures) -> FigureValues | None:
    calm, sessions = _total(figures, ("calm_sessions",)), _total(figures, ("sessions",))
    if calm is None or sessions is None:
        return None
    value = divided(calm, sessions).clip(0.0, 1.0)
    n = figures.arrays.n_of("sessions").sum(axis=1)
    return FigureValues(value, *wilson_bounds(value, n), n, np.zeros(1, dtype=np.bool_))


def _total(figures: HourlyFigures, names: tuple[str, ...]) -> Floats | None:
    """The sum over the range, (1,); `None` where it was not counted."""
    sums = figures.arrays.sums
    if any(name not in sums for name in names):
        return None
    total: Floats = np.sum([sums[name] for name in names], axis=0).sum(axis=1)
    return total
