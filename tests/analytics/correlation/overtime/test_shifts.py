"""Which side comes first."""

import numpy as np
import pytest

from analytics.correlation.overtime.autocorrelation import lagged
from analytics.correlation.overtime.shifts import MOST_HOURS, lag_hours, shifts_of
from scripts.bench.correlation.hours import noise


@pytest.mark.parametrize("lag", [-4, 0, 3])
def test_the_shift_of_a_series_with_memory_is_exact(lag: int) -> None:
    random = np.random.default_rng(lag + 10)
    long_x = noise(random, 744, 0.7)
    x, moved = long_x[12:-12], long_x[12 - lag : 732 - lag]
    y = 0.6 * moved + 0.8 * random.normal(size=720)
    mask = np.ones((1, 720), dtype=np.bool)
    assert lag_hours(x[None], y[None], mask).tolist() == [lag]
    u, v = ((each - each.mean())[np.newaxis] / each.std() for each in (x, y))
    shifts = shifts_of(lagged(u, v, mask), 0, 720)
    coefficients = dict(zip(shifts.hours, shifts.coefficients, strict=True))
    assert coefficients[lag] == max(each for each in coefficients.values() if each is not None)
    assert 0.05 < shifts.chance < 0.2
    assert shifts.hours[0] == -MOST_HOURS


def test_without_hours_there_is_no_shift() -> None:
    nothing = np.zeros((1, 100))
    assert lag_hours(nothing, nothing, np.zeros((1, 100), dtype=np.bool)).tolist() == [0]
    every_third = np.arange(100)[None] % 3 == 0
    series = lagged(nothing, nothing, every_third)
    of = shifts_of(series, 0, 34)
    shifts = dict(zip(of.hours, of.coefficients, strict=True))
    assert shifts[1] is None
    assert shifts[3] == 0.0
