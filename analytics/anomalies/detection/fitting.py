"""The bands of the next day, from what the days before it left."""

from dataclasses import dataclass

import numpy as np

from . import calibration, tails
from .bands import Bands, Memory
from .clock import DAY_SECONDS, WallClock, is_day_off, wall_clock
from .judging import Judged
from .kinds import SeriesKind
from .scale import unit_sd
from .stepping import nearer
from .steps import Floats, History, Ints, Mask
from .usual_hour import HOURS, USUAL_DAYS, hour_values, usual_hours

# At most, of a Saturday before which there was none; 1.25 of the next day off.
FIRST_TYPE_WIDENING, LIKE_DAYS = 2.0, 3.0
NOISE_SWING = 4.0  # spreads between the largest and the least of 24 hours that are alike
LEAST_FRESH = 0.8  # of a day of residuals
LEAST_DAYS, LEAST_FULL_DAYS = 0.5, 2.0
# On the first day, then by the square of days: an average of hours does not level out what is not
# known yet of the shape of days.
YOUNG, YOUNG_SUSTAINED = 0.5, 8.0
LEAST_FROZEN_STEPS, LEAST_FROZEN_SECONDS = 6.0, 3 * 3600.0
LEAST_SPREAD = 0.1  # of the mean residual, where more than half are 0
TINY = 1e-6
LARGEST_VALUES = 3


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
    usual = _usual(past, age, day)
    trials = _usual_trials(history.steps.trials, residuals.start, end, len(points))
    unit = unit_sd(history.kind, points.shape, trials if history.steps.trials is not None else None)
    return Bands(
        kind=history.kind,
        worse=history.worse,
        step_seconds=history.step_seconds,
        zone=history.zone,
        holidays=history.holidays,
        usual=usual,
        spread=residuals.spread,
        widening=_widening(usual, residuals, (sudden, unit), past.days_of_type(day)),
        sudden=sudden,
        sustained=sustained,
        carry=residuals.carry,
        trials=trials,
        highest=past.highest(day),
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
    is_fresh = _is_fresh(past.usual_days[window], age)
    is_usual = calibration.countable(rho, is_fresh, past.history.step_seconds)
    marginal = np.where(is_usual, past.marginal[window], np.nan)
    limit = calibration.carried_limit(marginal)
    carry = calibration.carried(marginal, limit)
    sudden = calibration.innovations(marginal, carry, limit)
    hour = past.clock.hour[start:end]
    steps = past.history.steps.sliced(start, end)
    unit = unit_sd(past.history.kind, sudden.shape, steps.trials)
    spread = _spread(past, sudden, (past.scaled[window], unit), hour)
    wide = np.maximum(spread[:, hour], past.chance[window])
    near = nearer(sudden, past.home[window])
    deviates = tails.deviates(past.history.kind, steps, past.scaled[window], near, (unit, wide))
    deviates = calibration.cut(deviates, sudden_rho)
    slow = calibration.cut(past.slow[window], slow_rho)
    return _Residuals(
        start, carry, spread, np.where(is_usual, deviates, np.nan),
        np.where(is_usual, slow, np.nan), np.where(is_usual, rho, 0.0),
    )  # fmt: skip


def _spread(past: "Past", sudden: Floats, of_steps: tuple[Floats, Floats], hour: Ints) -> Floats:
    """Of each hour, [S, 24]; before a day of residuals from usual hours it is that of what values
    differ from their neighbours by."""
    scaled, unit = of_steps
    is_few = np.isfinite(sudden).sum(axis=1) < LEAST_FRESH * past.steps_per_day
    if is_few.any():
        apart = calibration.neighbours_apart(scaled, past.history.step_seconds)
        sudden = np.where(is_few[:, None], apart / unit, sudden)
    return _floored(calibration.spreads(sudden, hour), sudden)


def _widening(
    usual: Floats, residuals: _Residuals, widths: tuple[Floats, Floats], days: Floats
) -> Floats:
    """Of working days and days off, [S, 2], of which there were `days`: the first Saturday may be
    as far off as the hours of a day are from each other, in `widths`: reach and unit."""
    sudden, unit = widths
    spread = np.median(residuals.spread, axis=1) * unit
    swing = np.nan_to_num(usual.max(axis=(1, 2)) - usual.min(axis=(1, 2)))
    real = np.maximum(swing - NOISE_SWING * spread, 0.0)
    more = np.minimum(FIRST_TYPE_WIDENING - 1.0, real / np.maximum(sudden * spread, TINY))
    return np.asarray(1.0 + more[:, None] / (1.0 + LIKE_DAYS * np.square(days)))


def _widths(
    residuals: _Residuals, history: History, rates: tuple[float, float], per_day: int
) -> tuple[Floats, Floats]:
    """Of both bands, wider while there are few days: a short past holds few extremes."""
    points = np.isfinite(residuals.deviates).sum(axis=1)
    usual = 1.0, calibration.DEGREES[history.kind]
    chance = calibration.chance_width(history.kind, history.worse, rates[0])
    sudden = calibration.half_width(residuals.deviates, history, rates[0], usual, chance)
    slow = calibration.SLOW_SD, calibration.SLOW_DEGREES
    sustained = calibration.half_width(residuals.slow, history, rates[1], slow)
    young = np.square(per_day / np.maximum(points, per_day))
    return (1.0 + YOUNG * young) * sudden, (1.0 + YOUNG_SUSTAINED * young) * sustained


def _usual(past: "Past", age: Floats, day: int) -> Floats:
    """NaN before half a day; before two, of hours that no day had: the first day of values, in
    which nothing is judged, may begin with them."""
    span, days = past.days_before(day, USUAL_DAYS)
    off = is_day_off(days, past.history.holidays)
    level, weight = past.level[:, span], past.weight[:, span]
    is_left_out = _left_out(past.struck[:, span], np.isfinite(level), off)
    level, weight = np.where(is_left_out, np.nan, level), np.where(is_left_out, 0.0, weight)
    usual = usual_hours(past.history.kind, level, weight, off)
    is_there = np.isfinite(level).any(axis=1) | (age >= LEAST_FULL_DAYS)[:, None]
    is_there &= (age >= LEAST_DAYS)[:, None]
    return np.where(is_there[:, None], usual, np.nan)


def _left_out(is_struck: Mask, has_level: Mask, off: Ints) -> Mask:
    """Hours of incidents, [S, D, 24]: struck, as at most half of those of its type of day are, or
    of all days while there is one of the type; were it more, they would be what is usual."""
    is_left_out = np.zeros_like(is_struck)
    for at in (off == 0, off == 1):
        of = at if at.sum() > 1 else np.ones_like(at)
        is_rare = 2 * is_struck[:, of].sum(axis=1) <= has_level[:, of].sum(axis=1)
        is_left_out[:, at] = is_struck[:, at] & is_rare[:, None]
    return is_left_out


def _is_fresh(usual_days: Floats, age: Floats) -> Mask:
    """Which residuals calibrate: those from usual hours of at least half as many days as now."""
    with np.errstate(invalid="ignore"):
        return usual_days >= np.maximum(np.minimum(age, USUAL_DAYS) / 2.0, 1.0)[:, None]


def _floored(spread: Floats, residuals: Floats) -> Floats:
    """Infinite, which judges nothing, where there is no residual; never 0."""
    count = np.maximum(np.isfinite(residuals).sum(axis=1), 1)
    mean = np.nansum(np.abs(residuals), axis=1) / count
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

    [S, T], NaN where no day was judged yet: `scaled` values, `marginal` residuals,
    `chance` (the least spread), `slow`, `sudden_rho`, `slow_rho`, `run`; `usual_days`, of how many
    days the usual hour was made, 0 without. [S, D, 24] of local days: `level` and `weight`, see
    `hour_values`, and `struck`, whether the hour was far from what is usual. `largest` [S, D, 3]:
    values of a day, at least 0.
    """

    def __init__(self, history: History) -> None:
        def empty() -> Floats:
            return np.full(history.steps.values.shape, np.nan)

        self.history = history
        self.clock = wall_clock(history.steps.timestamps, history.zone, history.holidays)
        self.steps_per_day = DAY_SECONDS // history.step_seconds
        self.scaled, self.marginal, self.home = empty(), empty(), empty()
        self.chance, self.slow, self.run = empty(), empty(), empty()
        self.sudden_rho, self.slow_rho, self.usual_days = empty(), empty(), empty()
        day = self.clock.day
        days = int(day[-1] - day[0]) + 1 if len(day) else 0
        self.level = np.full((len(history.steps.values), days, HOURS), np.nan)
        self.weight = np.zeros(self.level.shape)
        self.struck = np.zeros(self.level.shape, dtype=np.bool)
        self.largest = np.zeros((*self.level.shape[:2], LARGEST_VALUES))

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

    def highest(self, day: int) -> Floats:
        """The third largest value of the days of calibration before `day`, [S]; NaN where it is not
        above 0, and of ratios, which end at 1."""
        span, days = self.days_before(day, calibration.CALIBRATION_DAYS)
        if self.history.kind is SeriesKind.RATIO or not len(days):
            return np.full(len(self.largest), np.nan)
        values = self.largest[:, span].reshape(len(self.largest), -1)
        third = np.partition(values, -LARGEST_VALUES, axis=1)[:, -LARGEST_VALUES]
        return np.where(third > 0.0, third, np.nan)

    def note(self, span: slice, clock: WallClock, result: Judged) -> None:
        """A day that was judged."""
        residuals = result.residuals
        days = self.days_of_type(int(clock.day[0]))
        is_new = days[np.arange(len(days))[:, None], clock.off] == 0
        self.marginal[:, span], self.chance[:, span] = residuals.marginal, result.chance
        self.scaled[:, span], self.home[:, span] = result.scaled, residuals.home
        self.slow[:, span] = np.where(np.isfinite(residuals.marginal), residuals.slow, np.nan)
        self.sudden_rho[:, span] = result.sudden_rho
        self.slow_rho[:, span] = result.verdicts.slow_rho
        self.run[:, span] = residuals.run
        usual_days = np.minimum(residuals.age / DAY_SECONDS, USUAL_DAYS)
        self.usual_days[:, span] = np.where(is_new, 0.0, residuals.has_base * usual_days)
        self._note_hours(span, clock, result)

    def _note_hours(self, span: slice, clock: WallClock, result: Judged) -> None:
        """The levels of its hours: without the steps of incidents, unless all of an hour are. A day
        most hours of which are is one of another kind."""
        history, day = self.history, int(clock.day[0] - self.clock.day[0])
        values = history.steps.values[:, span]
        trials = None if history.steps.trials is None else history.steps.trials[:, span]
        most = min(LARGEST_VALUES, values.shape[1])
        self.largest[:, day, :most] = np.partition(np.fmax(values, 0.0), -most, axis=1)[:, -most:]
        is_struck = np.zeros(self.struck[:, day].shape, dtype=np.bool)
        for hour in np.unique(clock.hour):
            at = clock.hour == hour
            is_struck[:, hour] = (result.is_far[:, at] | ~np.isfinite(values[:, at])).all(axis=1)
        is_left_out = result.is_far & ~is_struck[:, clock.hour]
        is_of_day = 2 * is_struck.sum(axis=1) > len(np.unique(clock.hour))
        self.struck[:, day] = is_struck & ~is_of_day[:, None]
        self.level[:, day], self.weight[:, day] = hour_values(
            history.kind, np.where(is_left_out, np.nan, values), trials, clock
        )
