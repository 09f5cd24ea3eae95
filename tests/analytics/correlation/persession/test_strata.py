"""Equal sessions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.correlation.persession.strata import DIMENSIONS, by_dimension, joined, length_bands
from scripts.bench.correlation.sessions import Plant, sessions

CODES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2_000), st.integers(0, 2_000)), min_size=1
)


@settings(max_examples=15, deadline=None)
@given(CODES)
def test_combinations_are_numbered_without_gaps(codes: list[tuple[int, int, int]]) -> None:
    numbers = joined([*np.array(codes, dtype=np.int64).T])
    assert {*numbers.tolist()} == {*range(len({*codes}))}
    assert len({*zip(codes, numbers.tolist(), strict=True)}) == len({*codes})


def test_bands_of_length_are_narrow_where_there_are_many_sessions() -> None:
    length = np.random.default_rng(1).lognormal(13.0, 1.0, 40_000)
    bands = length_bands(length)
    ratios = [length[bands == each].max() / length[bands == each].min() for each in (4, 10, 18)]
    assert max(ratios) < 1.4
    assert np.unique(length_bands(length[:500])).size <= 8
    assert not length_bands(np.full(10, 5.0)).any()


def test_each_dimension_and_the_length_count() -> None:
    table = sessions(np.random.default_rng(1), 200, 7, Plant())
    assert tuple(by_dimension(table)) == DIMENSIONS
