"""scipy is loaded once, by the room that loads it."""

import pytest

from analytics.stats.scipy_loading import scipy_special, scipy_stats


def test_tails_of_distributions_are_those_of_scipy() -> None:
    assert scipy_special().ndtr(0.0) == 0.5
    assert scipy_stats().binom(10, 0.5).cdf(10) == pytest.approx(1.0)
    assert scipy_special() is scipy_special()
