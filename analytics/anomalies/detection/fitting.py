"""The bands of the next day, from what the days before it left."""

import numpy as np

from . import calibration
from .bands import Bands, Memory
from .clock import DAY_SECONDS, is_day_off
from .past import Past
from .stepping import nearer
from .steps import Floats, Mask
from .usual_hour import LEAST_DAYS, USUAL_DAYS, usual_hours

FIRST_TYPE_WIDENING = 3.0  # of a Saturday before which there was none
LEAST_FROZEN_STEPS, LEAST_FROZEN_SECONDS = 6.0, 3 * 3600.0
LEAST_SPREAD = 0.1  # of the mean residual, where more than half are 0
TINY = 1e-6


def fitted(past: Past, memory: Memory, end: int, day: int) -> Bands:
    """The bands for the local day `day`, whose first step is `end`."""
    history = past.history
    start = max(0, end - calibration.CALIBRATION_DAYS * past.steps_per_day)
    window = np.s_[:, start:end]
    hour = past.clock.hour[start:end]
    age = (past.until(end) - memory.first) / DAY_SECONDS
    rho = np.maximum(past.sudden_rho[window], past.slow_rho[window])
    is_fresh = _is_fresh(past.usual_days[window], age, past.steps_per_day)
    is_usual = is_fresh & calibration.countable(rho, history.step_seconds)
    marginal = np.where(is_fresh, past.marginal[window], np.nan)
    carry = calibration.carried(marginal)
    sudden = calibration.innovations(marginal, carry)
    spread = _floored(calibration.spreads(sudden, hour), marginal)
    with np.errstate(invalid="ignore"):
        deviates = nearer(sudden, past.home[window]) / np.maximum(spread[:, hour], past.chance[window])
    deviates = np.where(is_usual, calibration.cut(deviates, past.sudden_rho[window]), np.nan)
    slow = calibration.cut(past.slow[window], past.slow_rho[window])
    rates = calibration.designed_rates(history.kind, history.step_seconds)
    fallback = calibration.kind_width(history.kind, history.worse, rates[0])
    out = ((rho > 1.0) & is_usual).sum(axis=1)
    points = np.isfinite(deviates).sum(axis=1)
    young = 1.0 + past.steps_per_day / np.maximum(points, past.steps_per_day)
    return Bands(
        kind=history.kind,
        worse=history.worse,
        step_seconds=history.step_seconds,
        zone=history.zone,
        holidays=history.holidays,
        fitted_until=past.until(end),
        usual=_usual(past, age, day),
        spread=spread,
        widening=np.where(past.had_type(day), 1.0, FIRST_TYPE_WIDENING),
        sudden=young * calibration.half_width(deviates, history.worse, rates[0], fallback, 0.0),
        sustained=young * calibration.half_width(
            np.where(is_usual, slow, np.nan), history.worse, rates[1], fallback * calibration.SLOW_SD, 0.05
        ),
        carry=carry,
        trials=_usual_trials(history.steps.trials, start, end, len(spread)),
        frozen_after=_frozen_after(past.run[window], history.step_seconds),
        designed_rate=np.full(len(spread), sum(rates)),
        measured_rate=np.where(points > 0, out / np.maximum(points, 1), np.nan),
        points=points.astype(np.float64),
    )


def _usual(past: Past, age: Floats, day: int) -> Floats:
    """NaN before day 2."""
    span, days = past.days_before(day, USUAL_DAYS)
    off = is_day_off(days, past.history.holidays)
    usual = usual_hours(past.history.kind, past.level[:, span], past.weight[:, span], off)
    return np.where((age >= LEAST_DAYS - 0.5)[:, None, None], usual, np.nan)


def _is_fresh(usual_days: Floats, age: Floats, per_day: int) -> Mask:
    """Which residuals calibrate: those from usual hours of at least half as many days as now, once
    there is a day of them; until then all."""
    with np.errstate(invalid="ignore"):
        is_like = usual_days >= np.maximum(np.minimum(age, USUAL_DAYS) / 2.0, 1.0)[:, None]
    return is_like | (is_like.sum(axis=1) < 0.8 * per_day)[:, None]


def _floored(spread: Floats, marginal: Floats) -> Floats:
    """Infinite, which judges nothing, where there is no residual; never 0."""
    count = np.maximum(np.isfinite(marginal).sum(axis=1), 1)
    mean = np.nansum(np.abs(marginal), axis=1) / count
    least = LEAST_SPREAD * mean[:, None] + TINY
    return np.where(np.isfinite(spread), np.maximum(spread, least), np.inf)


def _usual_trials(trials: Floats | None, start: int, end: int, series: int) -> Floats:
    if trials is None or end == start:
        return np.ones(series)
    window = np.nan_to_num(trials[:, start:end])
    return np.asarray(window.sum(axis=1) / np.maximum((window > 0).sum(axis=1), 1))


def _frozen_after(run: Floats, step_seconds: int) -> Floats:
    """Twice the longest run of one value, at least six steps and three hours."""
    least = max(LEAST_FROZEN_STEPS, LEAST_FROZEN_SECONDS / step_seconds)
    longest = np.nan_to_num(run).max(axis=1, initial=0.0)
    return np.maximum(2.0 * longest, least)
