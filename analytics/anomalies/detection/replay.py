"""Going through a history day by day, as the detector did at the time.

Each local day is judged with what was fitted to the days before it, so that the residuals which
bands are calibrated on are one step out, and a verdict never depends on what came later.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import calibration
from .bands import Bands, Memory
from .clock import DAY_SECONDS, WallClock, day_slices, is_day_off, wall_clock
from .judging import Judged, judged
from .kinds import SeriesKind
from .steps import Floats, History, Steps, Verdicts
from .usual_hour import HOURS, LEAST_DAYS, USUAL_DAYS, hour_values, usual_hours

HISTORY_DAYS = calibration.CALIBRATION_DAYS + USUAL_DAYS


@dataclass(frozen=True, slots=True)
class Replay:
    """The verdicts on a history, each by bands of the days before; the bands and memory after."""

    bands: Bands
    memory: Memory
    verdicts: Verdicts


def replay(history: History) -> Replay:
    """Judge the local days of `history` in turn, fitting before each to what was before it."""
    return _Replaying(history).run()


class _Log:
    """What the days judged so far left, [S, T] each, NaN where no day was."""

    def __init__(self, steps: Steps) -> None:
        def empty() -> Floats:
            return np.full(steps.values.shape, np.nan)

        self.sudden, self.marginal, self.deviates, self.slow = empty(), empty(), empty(), empty()
        self.sudden_rho, self.slow_rho, self.run, self.has_base = empty(), empty(), empty(), empty()

    def write(self, span: slice, result: Judged) -> None:
        """Note a day."""
        residuals, is_real = result.residuals, np.isfinite(result.residuals.sudden)
        self.sudden[:, span], self.marginal[:, span] = residuals.sudden, residuals.marginal
        self.deviates[:, span] = np.where(np.isfinite(residuals.age), result.deviates, np.nan)
        self.slow[:, span] = np.where(is_real, residuals.slow, np.nan)
        self.sudden_rho[:, span] = result.sudden_rho
        self.slow_rho[:, span] = result.verdicts.slow_rho
        self.run[:, span], self.has_base[:, span] = residuals.run, residuals.has_base


class _Replaying:
    def __init__(self, history: History) -> None:
        self._history = history
        self._steps = history.steps
        self._clock = wall_clock(history.steps.timestamps, history.zone, history.holidays)
        self._series = len(history.steps.values)
        days = int(self._clock.day[-1] - self._clock.day[0]) + 1 if len(self._clock.day) else 0
        self._level = np.full((self._series, days, HOURS), np.nan)
        self._weight = np.zeros((self._series, days, HOURS))
        self._log = _Log(history.steps)

    def run(self) -> Replay:
        """Judge day after day."""
        memory, parts = Memory.empty(self._series), []
        for span in day_slices(self._clock.day):
            clock = self._clock.sliced(span)
            bands = self._fitted(memory, span.start, int(clock.day[0]))
            result = judged(bands, memory, self._steps.sliced(span.start, span.stop), clock)
            memory = result.memory
            self._note(span, clock, result)
            parts.append(result.verdicts)
        end = len(self._steps.timestamps)
        bands = self._fitted(memory, end, int(self._clock.day[-1]) + 1)
        return Replay(bands, memory, joined(parts))

    def _note(self, span: slice, clock: WallClock, result: Judged) -> None:
        self._log.write(span, result)
        day = int(clock.day[0] - self._clock.day[0])
        trials = self._steps.trials
        level, weight = hour_values(
            self._history.kind, result.cleaned, None if trials is None else trials[:, span], clock
        )
        self._level[:, day], self._weight[:, day] = level, weight

    def _fitted(self, memory: Memory, end: int, day: int) -> Bands:
        """The bands of what was before step `end`, for the local day `day`."""
        history, level = self._history, calibration.quantile_level(self._history.step_seconds)
        per_day = DAY_SECONDS // history.step_seconds
        start = max(0, end - calibration.CALIBRATION_DAYS * per_day)
        log, hour = self._log, self._clock.hour[start:end]
        window = np.s_[:, start:end]
        fresh = _fresh(log.has_base[window], per_day)
        sudden, marginal = fresh(log.sudden[window]), fresh(log.marginal[window])
        spread = _floored(calibration.spreads(sudden, hour), marginal, history.kind)
        until = self._steps.timestamps[end - 1] + history.step_seconds if end else 0
        fallback = calibration.kind_width(history.kind, history.worse, level)
        deviates = np.where(
            calibration.countable(log.sudden_rho[window]), fresh(log.deviates[window]), np.nan
        )
        slow = np.where(
            calibration.countable(log.slow_rho[window]), fresh(log.slow[window]), np.nan
        )
        out = (np.maximum(log.sudden_rho[window], log.slow_rho[window]) > 1.0).sum(axis=1)
        points = np.isfinite(deviates).sum(axis=1)
        return Bands(
            kind=history.kind, worse=history.worse, step_seconds=history.step_seconds,
            zone=history.zone, holidays=history.holidays, fitted_until=int(until),
            usual=self._usual(memory, int(until), day), spread=spread,
            sudden=calibration.half_width(deviates, history.worse, level, fallback),
            sustained=calibration.half_width(
                slow, history.worse, level, fallback * calibration.SLOW_SD
            ),
            carry=calibration.carried(marginal),
            trials=_usual_trials(self._steps.trials, start, end, self._series),
            frozen_after=_frozen_after(log.run[window], history.step_seconds),
            designed_rate=np.full(self._series, 2.0 * (1.0 - level)),
            measured_rate=np.where(points > 0, out / np.maximum(points, 1), np.nan),
            points=points.astype(np.float64),
        )  # fmt: skip

    def _usual(self, memory: Memory, until: int, day: int) -> Floats:
        index = day - int(self._clock.day[0])
        first = max(0, index - USUAL_DAYS)
        days = np.arange(first, index) + self._clock.day[0]
        history, level, weight = self._history, self._level, self._weight
        kind = history.kind
        level, weight = level[:, first:index], weight[:, first:index]
        age = (until - memory.first) / DAY_SECONDS
        is_parted = age >= USUAL_DAYS - 0.5
        usual = usual_hours(kind, level, weight, is_day_off(days, history.holidays), is_parted)
        with np.errstate(invalid="ignore"):
            return np.where((age >= LEAST_DAYS - 0.5)[:, None, None], usual, np.nan)


def joined(parts: list[Verdicts]) -> Verdicts:
    """Verdicts on the steps of all `parts` in turn."""
    names = Verdicts.__dataclass_fields__
    return Verdicts(
        **{name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in names}
    )


def _fresh(has_base: Floats, per_day: int) -> Callable[[Floats], Floats]:
    """Drops residuals of the first days' levels once there is a day of residuals of usual hours."""
    is_based = has_base == 1.0
    is_stale = ~is_based & (is_based.sum(axis=1) >= 0.8 * per_day)[:, None]
    return lambda residuals: np.where(is_stale, np.nan, residuals)


def _floored(spread: Floats, marginal: Floats, kind: SeriesKind) -> Floats:
    with np.errstate(invalid="ignore"):
        mean = (
            np.nan_to_num(np.abs(marginal)).mean(axis=1)
            if marginal.shape[1]
            else np.zeros(len(marginal))
        )
    return np.where(np.isfinite(spread), np.maximum(spread, (0.1 * mean + 1e-6)[:, None]), np.inf)


def _usual_trials(trials: Floats | None, start: int, end: int, series: int) -> Floats:
    if trials is None or end == start:
        return np.ones(series)
    window = np.nan_to_num(trials[:, start:end])
    return window.sum(axis=1) / np.maximum((window > 0).sum(axis=1), 1)


def _frozen_after(run: Floats, step_seconds: int) -> Floats:
    least = max(6.0, 3 * 3600.0 / step_seconds)
    longest = np.nan_to_num(run).max(axis=1) if run.shape[1] else np.zeros(len(run))
    return np.maximum(2.0 * longest, least)
