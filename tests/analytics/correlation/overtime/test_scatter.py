"""Points and the curve through them."""

import numpy as np

from analytics.correlation.overtime.scatter import scatter_of

HOURS = np.arange(200, dtype=np.int64) * 3600


def test_bins_are_equally_full_and_follow_the_points() -> None:
    x = np.random.default_rng(1).permutation(np.arange(-100.0, 100.0))
    y = 2.0 * x
    y[7] = np.nan
    of = scatter_of(HOURS, x, y)
    assert of.at.size == of.x.size == 199
    assert HOURS[7] not in of.at
    assert sum(each.n for each in of.curve) == 199
    assert {each.n for each in of.curve} <= {19, 20}
    assert all(each.lower <= each.median <= each.upper for each in of.curve)
    assert [each.median for each in of.curve] == sorted(each.median for each in of.curve)


def test_few_points_and_equal_ones_have_no_curve() -> None:
    assert scatter_of(HOURS, np.full(200, np.nan), np.zeros(200)).curve == ()
    assert scatter_of(HOURS, np.zeros(200), np.arange(200.0)).curve == ()
    few = np.where(HOURS < 20 * 3600, np.arange(200.0), np.nan)
    assert len(scatter_of(HOURS, few, few).curve) == 4
