"""Coefficients of deviations: those of scipy, and what scipy would call sure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.correlation.overtime.coefficients import pearson, spearman
from analytics.stats.scipy_loading import scipy_stats

PAIRS = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=8, max_size=60)


@settings(max_examples=15, deadline=None)
@given(PAIRS)
def test_they_are_those_of_scipy_with_ties(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=np.float64).T
    mask = np.ones((1, len(x)), dtype=np.bool)
    for of, reference in ((spearman, scipy_stats().spearmanr), (pearson, scipy_stats().pearsonr)):
        result = of(x[None], y[None], mask, np.zeros(1))
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            assert np.isnan(result.value[0])
            assert np.isnan(result.low[0])
        else:
            assert result.value[0] == pytest.approx(reference(x, y).statistic, abs=1e-9)


def test_hours_that_are_missing_are_left_out() -> None:
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 300))
    mask = random.random(300) < 0.7
    result = spearman(np.where(mask, x, 0.0)[None], y[None], mask[None], np.zeros(1))
    assert result.value[0] == pytest.approx(scipy_stats().spearmanr(x[mask], y[mask]).statistic)


def test_a_constant_whose_sums_are_not_exact_is_constant() -> None:
    x = np.full((1, 60), 0.1)
    y = np.arange(60.0)[None]
    assert np.isnan(pearson(x, y, np.ones((1, 60), dtype=np.bool), np.zeros(1)).value[0])
