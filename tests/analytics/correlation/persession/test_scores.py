"""Rank scores by counting."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.correlation.persession.scores import scores

# Whole milliseconds up to four seconds, and what is missing, keep their order exactly.
VALUES = st.lists(st.integers(0, 4_095).map(float) | st.just(np.nan), max_size=50)


@settings(max_examples=15, deadline=None)
@given(VALUES)
def test_they_are_the_ranks_of_pandas(values: list[float]) -> None:
    column = np.array(values, dtype=np.float64)
    of, measured = scores(column)
    ranks = pd.Series(column).rank()
    n = max(int(ranks.notna().sum()), 1)
    expected = ((ranks - (n + 1) / 2) / n).fillna(0.0)
    np.testing.assert_allclose(of, expected, atol=1e-6)
    assert (measured == ranks.notna()).all()


def test_near_values_tie_and_large_ones_are_ordered() -> None:
    of, _ = scores(np.array([1e-30, 0.0, 1.0, 1.00001, 3e38, np.inf]))
    assert of[1] < of[0] < of[2] == of[3] < of[4]
    assert of[5] == 0.0
