"""Values of correlations."""

from analytics.correlation.measures import (
    EXPOSURES,
    OUTCOMES,
    PAIRS,
    SEED_PAIRS,
    is_seed,
    pair_key,
)
from analytics.correlation.results import Estimate


def test_an_interval_excludes_zero_on_either_side() -> None:
    assert Estimate(value=0.2, low=0.1, high=0.3).excludes_zero
    assert Estimate(value=-0.2, low=-0.3, high=-0.1).excludes_zero
    assert not Estimate(value=0.1, low=0.0, high=0.2).excludes_zero


def test_pairs_are_all_exposures_with_all_outcomes() -> None:
    assert len(PAIRS) == len(EXPOSURES) * len(OUTCOMES) == 36
    assert [pair_key(*pair) for pair in PAIRS if is_seed(*pair)] == [
        "~".join(pair) for pair in SEED_PAIRS
    ]
