"""Slopes of deviations in units."""

import numpy as np
import pytest

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.overtime.slopes import slopes_of
from scripts.bench.correlation.hours import noise

SIDES = (EXPOSURES[0], OUTCOMES[0])


def test_a_slope_has_units_and_its_interval_counts_independent_hours() -> None:
    random = np.random.default_rng(1)
    white, slow = random.normal(size=720), noise(random, 720, 0.9)
    x = np.stack([white, slow])
    y = 0.31 * x + 0.2 * np.stack([random.normal(size=720), noise(random, 720, 0.9)])
    of_white, of_slow = slopes_of(x, y, np.zeros(2), [SIDES, SIDES])
    assert of_white is not None
    assert of_slow is not None
    assert of_white.value == pytest.approx(3.1, abs=0.2)
    assert (of_white.per, of_white.unit) == (10.0, "ms per 10 ms")
    assert of_slow.high - of_slow.low > 2 * (of_white.high - of_white.low)


def test_an_x_that_does_not_differ_has_no_slope() -> None:
    flat, empty = np.zeros((1, 100)), np.full((1, 100), np.nan)
    rising = np.arange(100.0)[None]
    assert slopes_of(flat, rising, np.zeros(1), [SIDES]) == [None]
    assert slopes_of(rising, empty, np.zeros(1), [SIDES]) == [None]
