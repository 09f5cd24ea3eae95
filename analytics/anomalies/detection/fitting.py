"""The bands of the next day, from what the days before it left."""

from dataclasses import dataclass

import numpy as np

from . import calibration, tails
from .bands import Bands, Memory
from .clock import DAY_SECONDS, WallClock, is_day_off, wall_clock
from .judging import Judged
from .scale import unit_sd
from .stepping import nearer
from .steps import Floats, History, Ints, Mask
from .usual_hour import HOURS, LEAST_DAYS, USUAL_DAYS, hour_values, usual_hours

FIRST_TYPE_WIDENING = 3.0  # of a Saturday before which there was none; 2 of the next day off
# On the first day, then by the square of days: an average of hours does not level out what is not
# known yet of the shape of days.
YOUNG, YOUNG_SUSTAINED = 2.0, 8.0
LEAST_FROZEN_STEPS, LEAST_FROZEN_SECONDS = 6.0, 3 * 3600.0
LEAST_SPREAD = 0.1  # of the mean residual, where more than half are 0
TINY = 1e-6


def fitted(past: "Past", memory: Memory, end: int, day: int) -> Bands:
    """The bands for the local day `day`, whose first step is `end`."""
    history, rates = (
        past.history,
        calibration.designed_rates(past.history.kind, past.history.step_seconds),
    )
    age = (past.until(end) - memory.first) / DAY_SECONDS
    residuals = _residuals(past, age, end)
    sudden, sustained = _widths(residuals, history, rates, past.steps_per_day)
    points = np.isfinite(residuals.deviates).sum(axis=1)
    out = (residuals.rho > 1.0).sum(axis=1)
    return Bands(
        kind=history.kind,
        worse=history.worse,
        step_seconds=history.step_seconds,
        zone=history.zone,
        holidays=history.holidays,
        usual=_usual(past, age, day),
        spread=residuals.spread,
        widening=1.0 + (FIRST_TYPE_WIDENING - 1.0) / (1.0 + np.square(past.days_of_type(day))),
        sudden=sudden,
        sustained=sustained,
        carry=residuals.carry,
        trials=_usual_trials(history.steps.trials, residuals.start, end, len(points)),
        frozen_after=_frozen_after(past.run[:, residuals.start : end], history.step_seconds),
        designed_rate=np.full(len(points), sum(rates)),
        measured_rate=np.where(points > 0, out / np.maximum(points, 1), np.nan),
    )


@dataclass(frozen=True, slots=True)
class _Residuals:
    """Of the days of calibration from step `start` on: `carry` [S], `spread` [S, 24]; [S, T], NaN
    where a step does not calibrate: `deviates`, `slow`, `rho` (0 there)."""

    start: int
    carry: Floats
    spread: Floats
    deviates: Floats
    slow: Floats
    rho: Floats


def _residuals(past: "Past", age: Floats, end: int) -> _Residuals:
    start = max(0, end - calibration.CALIBRATION_DAYS * past.steps_per_day)
    window = np.s_[:, start:end]
    sudden_rho, slow_rho = past.sudden_rho[window], past.slow_rho[window]
    rho = np.maximum(sudden_rho, slow_rho)
    is_fresh = _is_fresh(past.usual_days[window], age, past.steps_per_day)
    is_usual = is_fresh & calibration.countable(rho, past.history.step_seconds)
    marginal = np.where(is_fresh, past.marginal[window], np.nan)
    carry = calibration.carried(marginal)
    sudden = calibration.innovations(marginal, carry)
    hour = past.clock.hour[start:end]
    spread = _floored(calibration.spreads(sudden, hour), marginal)
    wide = np.maximum(spread[:, hour], past.chance[window])
    steps = past.history.steps.sliced(start, end)
    unit = unit_sd(past.history.kind, sudden.shape, steps.trials)
    deviates = tails.deviates(
        past.history.kind, steps, nearer(sudden, past.home[window]), unit, wide
    )
    deviates = calibration.cut(deviates, sudden_rho)
    slow = calibration.cut(past.slow[window], slow_rho)
    return _Residuals(
        start, carry, spread, np.where(is_usual, deviates, np.nan),
        np.where(is_usual, slow, np.nan), np.where(is_usual, rho, 0.0),
    )  # fmt: skip


def _widths(
    residuals: _Residuals, history: History, rates: tuple[float, float], per_day: int
) -> tuple[Floats, Floats]:
    """Of both bands, wider while there are few days: a short past holds few extremes."""
    points = np.isfinite(residuals.deviates).sum(axis=1)
    usual = 1.0, calibration.DEGREES[history.kind]
    sudden = calibration.half_width(residuals.deviates, history, rates[0], usual)
    slow = calibration.SLOW_SD, calibration.SLOW_DEGREES
    sustained = calibration.half_width(residuals.slow, history, rates[1], slow)
    young = np.square(per_day / np.maximum(points, per_day))
    return (1.0 + YOUNG * young) * sudden, (1.0 + YOUNG_SUSTAINED * young) * sustained


def _usual(past: "Past", age: Floats, day: int) -> Floats:
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
    return np.asarray(is_like | (is_like.sum(axis=1) < 0.8 * per_day)[:, None])


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
    return np.asarray(np.maximum(2.0 * longest, least))


class Past:
    """Arrays of a history, filled day by day.

    [S, T], NaN where no day was judged yet: `marginal` residuals, `chance` (the least spread),
    `slow`, `sudden_rho`, `slow_rho`, `run`; `usual_days`, of how many days the usual hour
    was made, 0 without. [S, D, 24] of local days: `level` and `weight`, see `hour_values`.
    """

    def __init__(self, history: History) -> None:
        def empty() -> Floats:
            return np.full(history.steps.values.shape, np.nan)

        self.history = history
        self.clock = wall_clock(history.steps.timestamps, history.zone, history.holidays)
        self.steps_per_day = DAY_SECONDS // history.step_seconds
        self.marginal, self.chance, self.slow, self.run = empty(), empty(), empty(), empty()
        self.home = empty()
        self.sudden_rho, self.slow_rho, self.usual_days = empty(), empty(), empty()
        day = self.clock.day
        days = int(day[-1] - day[0]) + 1 if len(day) else 0
        self.level = np.full((len(history.steps.values), days, HOURS), np.nan)
        self.weight = np.zeros(self.level.shape)

    def until(self, end: int) -> int:
        """When step `end` begins, Unix seconds."""
        if not end:
            return 0
        return int(self.history.steps.timestamps[end - 1]) + self.history.step_seconds

    def days_before(self, day: int, most: int | None = None) -> tuple[slice, Ints]:
        """The local days before `day`, at most `most`: their places in `level`, and which."""
        index = day - int(self.clock.day[0])
        first = 0 if most is None else max(0, index - most)
        return slice(first, index), np.arange(first, index) + self.clock.day[0]

    def days_of_type(self, day: int) -> Floats:
        """How many working days and days off with data were before `day`, [S, 2]."""
        span, days = self.days_before(day)
        has_data = self.weight[:, span].max(axis=2, initial=0.0) > 0
        off = is_day_off(days, self.history.holidays)
        numbers = [has_data[:, off == w].sum(axis=1) for w in (0, 1)]
        return np.stack(numbers, axis=1).astype(np.float64)

    def note(self, span: slice, clock: WallClock, bands: Bands, result: Judged) -> None:
        """A day that was judged."""
        residuals, trials = result.residuals, self.history.steps.trials
        is_new = bands.widening[:, clock.off] >= FIRST_TYPE_WIDENING
        self.marginal[:, span], self.chance[:, span] = residuals.marginal, result.chance
        self.home[:, span] = residuals.home
        self.slow[:, span] = np.where(np.isfinite(residuals.marginal), residuals.slow, np.nan)
        self.sudden_rho[:, span] = result.sudden_rho
        self.slow_rho[:, span] = result.verdicts.slow_rho
        self.run[:, span] = residuals.run
        usual_days = np.minimum(residuals.age / DAY_SECONDS, USUAL_DAYS)
        self.usual_days[:, span] = np.where(is_new, 0.0, residuals.has_base * usual_days)
        day = int(clock.day[0] - self.clock.day[0])
        self.level[:, day], self.weight[:, day] = hour_values(
            bands.kind,
            self.history.steps.values[:, span],
            None if trials is None else trials[:, span],
            clock,
        )
