"""What the days judged so far left: residuals, and the levels of their hours."""

import numpy as np

from .bands import Bands
from .clock import DAY_SECONDS, WallClock, is_day_off, wall_clock
from .judging import Judged
from .steps import Floats, History, Ints, Mask
from .usual_hour import HOURS, USUAL_DAYS, hour_values


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

    def had_type(self, day: int) -> Mask:
        """Whether a working day and a day off with data was before `day`, [S, 2]."""
        span, days = self.days_before(day)
        has_data = self.weight[:, span].max(axis=2, initial=0.0) > 0
        off = is_day_off(days, self.history.holidays)
        return np.stack([has_data[:, off == w].any(axis=1) for w in (0, 1)], axis=1)

    def note(self, span: slice, clock: WallClock, bands: Bands, result: Judged) -> None:
        """A day that was judged."""
        residuals, trials = result.residuals, self.history.steps.trials
        is_new = bands.widening[:, clock.off] > 1.0
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
            bands.kind, result.cleaned, None if trials is None else trials[:, span], clock
        )
