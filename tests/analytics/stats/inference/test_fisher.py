"""Fisher's interval."""

import numpy as np
import pytest

from analytics.stats.inference.fisher import fisher
from analytics.stats.scipy_loading import scipy_stats


def test_interval_and_p_agree_about_zero() -> None:
    r, n = np.linspace(-0.99, 0.99, 199), np.full(199, 40.0)
    low, high, p = fisher(r, n)
    assert ((low <= r) & (r <= high)).all()
    assert (((low > 0) | (high < 0)) == (p < 0.05)).all()
    assert p[120] == pytest.approx(2 * scipy_stats().t.sf(np.arctanh(r[120]) * np.sqrt(37.0), 38.0))


def test_a_line_through_few_points_is_not_sure() -> None:
    low, high, p = fisher(np.array([1.0, 1.0]), np.array([3.0, 4.5]))
    assert np.isnan([low[0], high[0], p[0]]).all()
    assert np.isfinite([low[1], high[1], p[1]]).all()
