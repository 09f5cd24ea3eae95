"""Whether equals say the same as all."""

import numpy as np
import pytest

from analytics.correlation.persession.equality import Explaining, disagreement, explained_by
from analytics.correlation.persession.scored import StratumSums, scored
from analytics.correlation.results import Disagreement, Estimate, WithinDimension


def _estimate(value: float, half: float = 0.05) -> Estimate:
    return Estimate(value=value, low=value - half, high=value + half)


@pytest.mark.parametrize(
    ("pooled", "within", "p", "expected"),
    [
        (0.6, 0.0, 0.001, Disagreement.HALF),
        (0.6, -0.2, 0.001, Disagreement.SIGN),
        (0.0, 0.4, 0.001, Disagreement.HALF),
        (0.6, 0.5, 0.001, None),
        (0.6, 0.0, 0.2, None),
        (0.02, -0.02, 0.001, None),
        (0.6, 0.0, float("nan"), None),
    ],
)
def test_they_differ_in_sign_or_by_half_beyond_chance(
    pooled: float, within: float, p: float, expected: Disagreement | None
) -> None:
    assert disagreement(_estimate(pooled), _estimate(within), p, is_sure=True) is expected


def test_equals_that_chance_explains_have_no_sign() -> None:
    of = disagreement(_estimate(0.6), _estimate(-0.06), 0.001, is_sure=False)
    assert of is Disagreement.HALF


def test_the_dimension_that_goes_half_of_the_way_explains_it() -> None:
    dimensions = (
        WithinDimension(dimension="country", coefficient=0.05),
        WithinDimension(dimension="browser", coefficient=0.55),
    )
    assert explained_by(0.6, 0.0, dimensions) == "country"
    assert explained_by(0.6, 0.0, dimensions[1:]) is None
    assert explained_by(0.6, 0.6, dimensions) is None
    assert explained_by(0.6, 0.0, ()) is None


def test_dimensions_with_several_values_are_compared() -> None:
    random = np.random.default_rng(1)
    country = random.integers(0, 3, 600)
    x, y = country + random.random((2, 600))
    of = scored([x], [y], np.array([0, 600]))
    dimensions = {"country": country, "browser": np.zeros(600, np.int64)}
    explaining = Explaining(of.day_sums(), StratumSums(of, country), dimensions)
    (by_country,) = explaining.by_dimension(0, 0)
    assert by_country.dimension == "country"
    assert by_country.coefficient == pytest.approx(0.0, abs=0.15)
