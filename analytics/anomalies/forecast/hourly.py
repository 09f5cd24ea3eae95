"""Series by the local hour, as Prophet is fitted, and its predictions back on the steps.

An hour is numbered since 1970-01-01 00:00 on the clocks of the zone. Of a change of the clock, the
hour that comes twice is one, and the hour that is left out never occurs: the curve of a day keeps
to the clock on the wall, as people do.
"""

from dataclasses import dataclass

import numpy as np

from analytics.anomalies.detection.clock import (
    DAY_SECONDS,
    HOUR_SECONDS,
    WallClock,
    day_slices,
    is_day_off,
    wall_clock,
)
from analytics.anomalies.detection.scale import expected_to_scale, from_scale
from analytics.anomalies.detection.steps import Floats, History, Ints
from analytics.anomalies.detection.usual_hour import ADDED, HOURS, hour_values

from .fit_messages import FitTask

FIT_DAYS = 28
LEAST_DAYS = 14  # from the first value on
LEAST_SHARE = 0.5  # of the hours of these days


@dataclass(frozen=True, slots=True)
class Hourly:
    """The levels [S, H] of H local hours `hours` on the scale of the kind, NaN without data."""

    hours: Ints
    levels: Floats
    holidays: tuple[int, ...]


def hourly(history: History) -> Hourly:
    """The hours of the last 28 local days."""
    clock = wall_clock(history.steps.timestamps, history.zone, history.holidays)
    spans = day_slices(clock.day)[-FIT_DAYS:]
    levels = np.concatenate([_day(history, clock.sliced(span), span) for span in spans], axis=1)
    if history.kind in ADDED:
        levels = expected_to_scale(history.kind, levels)
    days = np.array([clock.day[span.start] for span in spans])
    return Hourly((days[:, None] * HOURS + np.arange(HOURS)).ravel(), levels, history.holidays)


def task(rows: Hourly, series: int, positions: Floats) -> FitTask:
    """The fit of one series, and the prediction of the hours about `positions`."""
    values = rows.levels[series]
    is_real = np.isfinite(values)
    hours = rows.hours[is_real]
    ahead = np.arange(int(np.floor(positions.min())), int(np.ceil(positions.max())) + 1)
    return FitTask(
        hours=hours.tolist(),
        values=values[is_real].tolist(),
        off=_off(hours, rows.holidays),
        ahead=ahead.tolist(),
        ahead_off=_off(ahead, rows.holidays),
    )


def positions(timestamps: Ints, history: History) -> Floats:
    """Where steps lie among local hours, [T]: steps of an hour on theirs, shorter ones between the
    middles of two."""
    clock = wall_clock(timestamps, history.zone, history.holidays)
    hours = (clock.day * HOURS + clock.hour).astype(np.float64)
    if history.step_seconds >= HOUR_SECONDS:
        return hours
    return hours + clock.part + history.step_seconds / 2 / HOUR_SECONDS - 0.5


def on_steps(history: History, done: FitTask, predicted: list[float], at: Floats) -> Floats:
    """Predictions of the hours `done.ahead` at positions, in the unit of the metric, [T]."""
    scaled = np.interp(at, np.array(done.ahead, np.float64), np.array(predicted, np.float64))
    return from_scale(history.kind, scaled)


def has_days(history: History, series: int) -> bool:
    """Whether the values of a series began 14 days ago or earlier."""
    real = np.flatnonzero(np.isfinite(history.steps.values[series]))
    length = len(history.steps.timestamps) - real[0] if len(real) else 0
    return bool(length * history.step_seconds >= LEAST_DAYS * DAY_SECONDS)


def has_hours(rows: Hourly, series: int) -> bool:
    """Whether half the hours of 14 days have values."""
    return bool(np.isfinite(rows.levels[series]).sum() >= LEAST_SHARE * LEAST_DAYS * HOURS)


def is_constant(rows: Hourly, series: int) -> bool:
    """Whether all hours have one value."""
    real = rows.levels[series][np.isfinite(rows.levels[series])]
    return bool(len(real) and real.min() == real.max())


def _day(history: History, clock: WallClock, span: slice) -> Floats:
    steps = history.steps
    trials = None if steps.trials is None else steps.trials[:, span]
    return hour_values(history.kind, steps.values[:, span], trials, clock)[0]


def _off(hours: Ints, holidays: tuple[int, ...]) -> list[bool]:
    return [bool(off) for off in is_day_off(hours // HOURS, holidays)]
