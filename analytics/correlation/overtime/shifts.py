"""Which side comes first: the coefficient with one side moved by hours."""

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.overtime.autocorrelation import Lagged, unrelated_inflation
from analytics.correlation.results import Shifts
from analytics.stats.intervals import Z_95

Floats = NDArray[np.float64]
Mask = NDArray[np.bool]
MOST_HOURS = 12
CLEARLY = 3.6  # deviations by which a shift must beat none: of 24 pairs one in a thousand would not
LEAST_OVERLAP = 0.5  # of the hours: a shift with less has no coefficient


def lag_hours(x: Floats, y: Floats, mask: Mask) -> NDArray[np.int64]:
    """By how many hours y follows x, [P] of series [P, T] with mean 0; negative if y comes first,
    0 where no shift clearly beats none.

    A series with memory goes with the other at every shift near the true one. So both are filtered
    by what makes x white (Box and Jenkins, 1970, section 11.2), after which the true shift stands
    alone.
    """
    white_x, white_y, valid = _whitened(x, y, mask)
    shifts = np.arange(-MOST_HOURS, MOST_HOURS + 1)
    crossed = np.stack([_moved(white_x, white_y, valid, int(shift)) for shift in shifts], axis=-1)
    size = np.abs(np.nan_to_num(crossed))
    best = size.argmax(axis=-1)
    n = np.maximum(valid.sum(axis=-1), 1)
    margin = CLEARLY * np.sqrt(1.0 / n)
    at_best = np.take_along_axis(size, best[:, np.newaxis], axis=-1)[:, 0]
    is_clear = (at_best > margin) & (at_best - size[:, MOST_HOURS] > margin)
    return np.where(is_clear, shifts[best], 0)


def shifts_of(series: Lagged, pair: int, hours: int) -> Shifts:
    """The coefficients of one pair by shift, from its products; `hours` have both sides."""
    reach = min(MOST_HOURS, series.after.shape[-1] - 1)
    steps = range(-reach, reach + 1)
    chance = Z_95 * float(np.sqrt(unrelated_inflation(series)[pair] / max(hours, 1)))
    return Shifts(
        hours=tuple(steps),
        coefficients=tuple(_at(series, pair, step) for step in steps),
        chance=min(chance, 1.0),
    )


def _at(series: Lagged, pair: int, step: int) -> float | None:
    overlap = series.overlap[pair, abs(step)]
    products = series.after if step >= 0 else series.before
    value = products[pair, abs(step)] / max(overlap, LEAST_OVERLAP)
    return float(np.clip(value, -1.0, 1.0)) if overlap >= LEAST_OVERLAP else None


def _whitened(x: Floats, y: Floats, mask: Mask) -> tuple[Floats, Floats, Mask]:
    """Both less what the hour before says of x, where that hour is there."""
    valid = mask[:, 1:] & mask[:, :-1]
    past, now = np.where(valid, x[:, :-1], 0.0), np.where(valid, x[:, 1:], 0.0)
    memory = (past * now).sum(axis=-1) / np.maximum((past**2).sum(axis=-1), 1e-12)
    memory = np.clip(memory, -1.0, 1.0)[:, np.newaxis]
    return (
        np.where(valid, x[:, 1:] - memory * x[:, :-1], 0.0),
        np.where(valid, y[:, 1:] - memory * y[:, :-1], 0.0),
        valid,
    )


def _moved(x: Floats, y: Floats, valid: Mask, shift: int) -> Floats:
    """The correlation of x with y `shift` hours later, [P]; NaN where too few hours overlap."""
    hours = x.shape[-1]
    first = slice(max(-shift, 0), hours - max(shift, 0))
    second = slice(max(shift, 0), hours - max(-shift, 0))
    both = valid[:, first] & valid[:, second]
    u, v = np.where(both, x[:, first], 0.0), np.where(both, y[:, second], 0.0)
    size = np.sqrt((u * u).sum(axis=-1) * (v * v).sum(axis=-1))
    enough = both.sum(axis=-1) >= LEAST_OVERLAP * np.maximum(valid.sum(axis=-1), 1)
    return np.where(enough & (size > 0), (u * v).sum(axis=-1) / np.where(size > 0, size, 1), np.nan)
