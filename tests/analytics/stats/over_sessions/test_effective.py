"""Effective sessions, and how many degrees of freedom they leave."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.over_sessions import effective
from tests.analytics.stats.over_sessions.test_ratios import ratio

AMOUNTS = st.lists(st.floats(0.1, 1e4), min_size=2, max_size=50)


@given(AMOUNTS)
def test_freedom_is_between_a_third_and_twice_the_effective_sessions(amounts: list[float]) -> None:
    of = ratio(amounts, amounts)
    sessions = effective.effective(of.x, of.xx)
    assert 1 - 1e-9 <= sessions[0] <= len(amounts) + 1e-9
    degrees = effective.of_rate(of)[0]
    assert sessions[0] / 3 <= degrees + 1e-9 or degrees == len(amounts) - 1
    assert degrees <= min(2 * sessions[0], len(amounts) - 1) + 1e-9


def test_equal_sessions_are_as_many_as_they_are() -> None:
    of = ratio([1.0, 0.0] * 20, [1.0] * 40)
    assert effective.effective(of.x, of.xx)[0] == effective.of_good(of)[0] * 2 == 40
    assert effective.of_ratio(of)[0] == 39


def test_t_has_heavy_tails_for_few_sessions() -> None:
    exact = {1: 12.706, 2: 4.303, 9: 2.262, 25: 2.060, 1e6: 1.960}
    values = effective.t_quantile(np.array([*exact]))
    assert values == pytest.approx([*exact.values()], rel=0.01)
    assert np.isnan(effective.reach_of(np.array([0.9]))[0])
