"""The share of people that met an exposure."""

import numpy as np
import pytest

from analytics.correlation.persession.touched import touched_share

FIRST = np.arange(0, 1001, 100)


def test_it_is_weighted_and_of_those_who_say_so() -> None:
    random = np.random.default_rng(1)
    x = np.where(random.random(1_000) < 0.2, 250.0, 100.0)
    x[::10] = np.nan
    weight = np.where(x > 200.0, 4.0, 1.0)
    of = touched_share(x, 200.0, weight, FIRST)
    measured = np.isfinite(x)
    assert of is not None
    assert of.value == pytest.approx(weight[x > 200.0].sum() / weight[measured].sum())
    assert 0.0 < of.low < of.value < of.high < 1.0


def test_all_and_none_are_shares_with_an_interval_to_a_side() -> None:
    nobody, everybody = (
        touched_share(np.full(1_000, each), 0.0, np.ones(1_000), FIRST) for each in (0.0, 1.0)
    )
    assert nobody is not None
    assert everybody is not None
    assert (nobody.value, nobody.low, everybody.value, everybody.high) == (0.0, 0.0, 1.0, 1.0)
    assert 0.003 < nobody.high < 0.005
    assert everybody.low == pytest.approx(1.0 - nobody.high)


def test_what_nobody_measures_is_no_share() -> None:
    assert touched_share(np.full(1_000, np.nan), 0.0, np.ones(1_000), FIRST) is None
