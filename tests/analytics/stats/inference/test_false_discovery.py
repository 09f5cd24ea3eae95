"""Adjusted p-values: those of scipy, where scipy has any."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.inference.false_discovery import adjusted_p
from analytics.stats.scipy_loading import scipy_stats


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40))
def test_they_are_those_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    np.testing.assert_allclose(
        adjusted_p(np.array(p_values)), scipy_stats().false_discovery_control(p_values), rtol=1e-12
    )


def test_a_missing_p_does_not_count() -> None:
    p_values = np.array([0.001, 0.5, np.nan, 0.02, 0.9])
    assert (adjusted_p(p_values) <= 0.05).tolist() == [True, False, False, True, False]
    assert np.isnan(adjusted_p(p_values)[2])
    assert not np.isfinite(adjusted_p(np.full(3, np.nan))).any()
