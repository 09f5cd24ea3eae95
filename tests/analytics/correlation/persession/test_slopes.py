"""Slopes between equal sessions."""

import numpy as np
import pytest

from analytics.correlation.measures import EXPOSURES, OUTCOMES
from analytics.correlation.persession.slopes import SessionPairs, slope_of

SIDES = (EXPOSURES[0], OUTCOMES[0])


def _pairs(sessions: int, days: int) -> tuple[SessionPairs, np.ndarray]:
    random = np.random.default_rng(1)
    strata, day = random.integers(0, 10, sessions), np.sort(random.integers(0, days, sessions))
    return SessionPairs(np.argsort(strata, kind="stable"), strata, day), strata


def test_pairs_share_stratum_and_day_and_strata_do_not_matter() -> None:
    random = np.random.default_rng(2)
    pairs, strata = _pairs(2_000, 10)
    assert (strata[pairs.first] == strata[pairs.second]).all()
    x = random.normal(size=2_000) * 10.0 + 100.0 * strata
    y = 0.5 * random.normal(size=2_000) * 10.0 + 0.31 * (x - 100.0 * strata) - 500.0 * strata
    of = slope_of(pairs.differences(x), pairs.differences(y), pairs.day, SIDES)
    assert of is not None
    assert of.low < 3.1 < of.high
    assert of.high - of.low < 1.0
    assert of.unit == "ms per 10 ms"
    assert of.value == pytest.approx(3.1, abs=0.4)


def test_few_days_and_equal_sides_have_no_slope() -> None:
    pairs, _ = _pairs(2_000, 4)
    x = np.arange(2_000.0)
    assert slope_of(pairs.differences(x), pairs.differences(x), pairs.day, SIDES) is None
    pairs, _ = _pairs(2_000, 10)
    flat = np.zeros(2_000)
    assert slope_of(pairs.differences(flat), pairs.differences(x), pairs.day, SIDES) is None
