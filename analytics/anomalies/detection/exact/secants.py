"""Tails as normal deviates, and what value has a deviate."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analytics.stats.scipy_loading import scipy_special

Floats = NDArray[np.float64]
Mask = NDArray[np.bool]
SECANTS, FALSE_POSITIONS = 5, 7


def deviate_of(tail: Floats) -> Floats:
    """The normal deviate beyond which `tail` lies: above 0 for less than a half."""
    return np.asarray(-scipy_special().ndtri(np.clip(tail, 1e-300, 1.0)))


def solved(deviate: Callable[[Floats], Floats], start: Floats, width: Floats) -> Floats:
    """Where `deviate`, nearly linear on the scale of square roots or of angles, is `width`: by
    secants."""
    a, b = start, start * 1.05 + 0.01
    at_a, at_b = deviate(a), deviate(b)
    for _ in range(SECANTS):
        with np.errstate(invalid="ignore", divide="ignore"):
            step = (width - at_b) * (b - a) / (at_b - at_a)
        step = np.clip(np.nan_to_num(step, posinf=0.0, neginf=0.0), -b / 2.0, b + 1.0)
        a, at_a, b = b, at_b, b + step
        at_b = deviate(b)
    return b


def between(
    deviate: Callable[[Floats], Floats], low: Floats, high: Floats, width: Floats
) -> Floats:
    """Where `deviate`, which falls, is `width`, from `low` to `high`: by false positions, the side
    that stays a second time counting half (Illinois; Dowell and Jarratt 1971)."""
    at_low, at_high = deviate(low) - width, deviate(high) - width
    middle, stays = high, np.zeros(np.shape(high))
    for _ in range(FALSE_POSITIONS):
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.nan_to_num(at_low / (at_low - at_high), nan=0.5, posinf=0.5, neginf=0.5)
        middle = low + np.clip(share, 0.0, 1.0) * (high - low)
        at_middle = deviate(middle) - width
        is_above = at_middle > 0
        at_low = np.where(is_above, at_middle, at_low * np.where(stays < 0, 0.5, 1.0))
        at_high = np.where(is_above, at_high * np.where(stays > 0, 0.5, 1.0), at_middle)
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
        stays = np.where(is_above, 1.0, -1.0)
    return middle
