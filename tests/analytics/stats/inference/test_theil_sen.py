"""Slopes between points: those of scipy, of all pairs and of a part of them."""

import numpy as np
import pytest

from analytics.stats.inference.theil_sen import (
    MOST_PAIRS,
    between,
    point_pairs,
    slopes,
    tau_error,
)
from analytics.stats.scipy_loading import scipy_stats


def _slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    first, second = point_pairs(len(x))
    ordered = slopes(x[first] - x[second], y[first] - y[second])
    return between(ordered, tau_error(len(x), ordered.size), 1.96)


def test_of_few_points_all_pairs_count() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=100)
    y = 2.0 * x + random.normal(size=100)
    value, low, high = _slope(x, y)
    expected = scipy_stats().theilslopes(y, x)
    assert value == pytest.approx(expected.slope)
    assert (low, high) == pytest.approx((expected.low_slope, expected.high_slope), abs=0.08)


def test_of_many_points_a_part_says_nearly_the_same() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=720)
    y = 2.0 * x + random.normal(size=720)
    assert len(point_pairs(720)[0]) == MOST_PAIRS
    assert _slope(x, y)[0] == pytest.approx(scipy_stats().theilslopes(y, x).slope, abs=0.03)


def test_points_with_the_same_x_have_no_slope() -> None:
    assert slopes(np.zeros(5), np.ones(5)).size == 0
    assert slopes(np.array([1.0, np.nan]), np.array([np.nan, 1.0])).size == 0
