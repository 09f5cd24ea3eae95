"""All pairs over time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS, pair_key
from analytics.correlation.overtime.pairs import LEAST_OF_HOUR, pairs_over_time
from analytics.correlation.overtime.rhythm import WEEK, unusual
from analytics.correlation.results import Strength
from analytics.stats.scipy_loading import scipy_stats
from scripts.bench.correlation.hours import hourly, noise, rhythm

X, Y, OTHER = EXPOSURES[0], OUTCOMES[0], OUTCOMES[1]
KEY = pair_key(X, Y)


def _series(hours: int = 4 * WEEK) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    cycle = rhythm(random, hours)
    x = noise(random, hours, 0.6)
    y = 0.6 * x + 0.8 * noise(random, hours, 0.6)
    return {X.key: x + cycle, Y.key: y + cycle, OTHER.key: noise(random, hours, 0.6) + cycle}


def test_a_relation_differs_from_a_common_rhythm() -> None:
    of = pairs_over_time(hourly(_series()))
    assert len(of.pairs) == len(PAIRS) == 36
    related, unrelated = of.pairs[KEY], of.pairs[pair_key(X, OTHER)]
    assert related.coefficient is not None
    assert unrelated.coefficient is not None
    assert related.coefficient.low < 0.58 < related.coefficient.high
    assert related.strength is Strength.MODERATE
    assert (related.lag_minutes, related.n) == (0, 4 * WEEK)
    assert "pages load more slowly" in related.sentence
    assert "they are associated" in related.sentence.lower()
    assert unrelated.strength is Strength.NONE
    assert not unrelated.coefficient.excludes_zero


def test_the_coefficient_is_that_of_the_deviations_of_both() -> None:
    series = hourly(_series())
    values = np.stack([series.values[X.key], series.values[Y.key]])
    x, y = unusual(values, np.array([True, True]), series.hour_of_week).scaled
    of = pairs_over_time(series).pairs[KEY].coefficient
    assert of is not None
    assert of.value == pytest.approx(scipy_stats().spearmanr(x, y).statistic)


def test_the_pair_that_is_drawn_has_its_points() -> None:
    of = pairs_over_time(hourly(_series()))
    scatter = of.detailed(X, Y).scatter
    assert scatter is not None
    assert scatter.x.size == of.pairs[KEY].n
    assert of.pairs[KEY].scatter is None
    assert of.detailed(EXPOSURES[1], Y).scatter is None


def test_each_lack_of_data_has_its_reason() -> None:
    def reason(**fields: Any) -> str | None:
        pair = pairs_over_time(replace(hourly(_series()), **fields)).pairs[KEY]
        assert not pair.enough_data
        assert pair.sentence == ""
        return pair.reason

    series = hourly(_series())
    flat = {**series.values, X.key: np.full(4 * WEEK, 0.1)}
    few = {key: np.full(4 * WEEK, LEAST_OF_HOUR - 1.0) for key in series.n}
    assert "not measured" in str(reason(values={Y.key: series.values[Y.key]}))
    assert reason(values={}, reason="Nothing was counted.") == "Nothing was counted."
    assert reason(values=flat) == "Round trip p95 did not vary in this range."
    assert "672 more had too few values" in str(reason(n=few))


def test_short_ranges_and_those_that_repeat_themselves_are_refused() -> None:
    short = pairs_over_time(hourly(_series(48))).pairs[KEY]
    assert "three days" in str(short.reason)
    random = np.random.default_rng(1)
    slow = {X.key: noise(random, 200, 0.99), Y.key: noise(random, 200, 0.99)}
    pair = pairs_over_time(hourly(slow)).pairs[KEY]
    assert "independent" in str(pair.reason)
    assert pair.n_effective is not None
    assert pair.n_effective < 30
