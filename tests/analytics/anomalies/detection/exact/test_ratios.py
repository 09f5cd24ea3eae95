"""Tails of ratios against scipy's distributions, and the shares that lie within them."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.anomalies.detection.exact.ratios import ratio_deviate, ratio_high, ratio_low
from analytics.anomalies.detection.exact.secants import deviate_of
from analytics.stats.scipy_loading import scipy_stats

TRIALS, SHARES = st.integers(1, 3000), st.floats(0.001, 0.999)
SPREADS, WIDTHS = st.floats(0.6, 3.0), st.floats(1.6, 8.0)
NEARLY = 0.02  # spreads


def test_ratios_lie_in_binomial_tails() -> None:
    stats, share = scipy_stats(), np.array([0.5, 0.9, 1.0])
    deviates = ratio_deviate(share, np.full(3, 20.0), np.full(3, 0.9), np.ones(3))
    low = stats.norm.ppf(stats.binom.cdf(10, 20, 0.9))
    high = stats.norm.isf(stats.binom.sf(19, 20, 0.9))
    np.testing.assert_allclose(deviates, [low, 0.0, high], atol=1e-6)


@settings(deadline=None)
@given(TRIALS, SHARES, SPREADS, WIDTHS)
@example(1941, 0.5, 1.0, 8.0)
@example(1308, 0.75, 1.0, 8.0)
def test_the_limits_divide_what_is_within_the_width(
    trials: int, share: float, spread: float, width: float
) -> None:
    n, p, by, within = (np.array([float(each)]) for each in (trials, share, spread, width))
    low, high = ratio_low(n, p, by, within), ratio_high(n, p, by, within)
    near = 0.5 / n
    assert ratio_deviate(np.maximum(high - near, p), n, p, by) < width + NEARLY
    assert ratio_deviate(np.minimum(low + near, p), n, p, by) > -width - NEARLY
    assert high + near >= 1.0 or ratio_deviate(high + near, n, p, by) > width - NEARLY
    assert low - near <= 0.0 or ratio_deviate(low - near, n, p, by) < -width + NEARLY


@settings(deadline=None)
@given(TRIALS, SHARES, SPREADS, WIDTHS)
def test_a_limit_within_the_possible_has_the_width(
    trials: int, share: float, spread: float, width: float
) -> None:
    n, p, by, within = (np.array([float(each)]) for each in (trials, share, spread, width))
    for limit, sign in ((ratio_low(n, p, by, within), -1.0), (ratio_high(n, p, by, within), 1.0)):
        if 0.0 < limit < 1.0:
            np.testing.assert_allclose(sign * ratio_deviate(limit, n, p, by), within, atol=0.01)


def test_a_tail_of_a_half_has_no_deviate() -> None:
    np.testing.assert_allclose(deviate_of(np.array([0.5, 0.025])), [0.0, 1.95996], atol=1e-5)
