"""Independent hours: of white series all, of series with memory fewer."""

import numpy as np
import pytest

from analytics.correlation.overtime.autocorrelation import (
    effective_hours,
    inflation,
    lagged,
    unrelated_inflation,
)
from scripts.bench.correlation.hours import noise


def _standardised(series: np.ndarray) -> np.ndarray:
    return np.asarray((series - series.mean()) / series.std())[np.newaxis]


def test_memory_of_both_counts_as_bartlett_has_it() -> None:
    random = np.random.default_rng(1)
    x, y = (_standardised(noise(random, 20_000, 0.8)) for _ in range(2))
    of = lagged(x, y, np.ones(x.shape, dtype=np.bool))
    expected = (1 + 0.64) / (1 - 0.64)  # the sum of 0.8^(2 |k|)
    assert unrelated_inflation(of)[0] == pytest.approx(expected, rel=0.15)
    assert inflation(of, np.ones(1))[0] == pytest.approx(expected, rel=0.15)


def test_white_hours_all_count_but_those_of_usual_values() -> None:
    random = np.random.default_rng(2)
    x, y = (_standardised(random.normal(size=5_000)) for _ in range(2))
    of = lagged(x, y, np.ones(x.shape, dtype=np.bool))
    n = effective_hours(inflation(of, np.ones(1)), np.array([5_000.0]), np.array([168.0]))
    assert n[0] == pytest.approx(4_832.0, rel=0.1)
    assert n[0] <= 4_832.0


def test_lags_over_gaps_count_what_is_there() -> None:
    x = np.zeros((1, 100))
    mask = np.zeros((1, 100), dtype=np.bool)
    mask[0, ::2] = True
    of = lagged(x, x, mask)
    np.testing.assert_allclose(of.overlap[0, :4], [1.0, 0.0, 0.98, 0.0], atol=1e-9)
