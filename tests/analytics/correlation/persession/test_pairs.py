"""All pairs per session."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS, pair_key
from analytics.correlation.persession.pairs import PerSession, pairs_per_session
from analytics.correlation.results import Disagreement, Strength
from scripts.bench.correlation.sessions import Plant, sessions

LATENCY, DROPS = EXPOSURES[0], EXPOSURES[2]
PAGE_LOAD, INTERACTIONS = OUTCOMES[0], OUTCOMES[-1]
KEY = pair_key(LATENCY, PAGE_LOAD)


def _view(number: int = 4_000, days: int = 10, **plant: float) -> PerSession:
    return pairs_per_session(sessions(np.random.default_rng(5), number, days, Plant(**plant)))


def test_a_slow_country_is_named_and_no_association_is_left() -> None:
    """Simpson's paradox: +0.5 over all, none within."""
    pair = _view(slow=2.0).pairs[KEY]
    assert pair.pooled is not None
    assert pair.within is not None
    assert pair.pooled.low > 0.4
    assert not pair.within.excludes_zero
    assert pair.disagreement is Disagreement.HALF
    assert pair.explained_by == "country"
    assert pair.strength is Strength.NONE
    assert "no association" in pair.sentence
    assert "Country explains most of the difference" in pair.sentence


def test_a_relation_within_equals_is_confirmed() -> None:
    view = _view(linked=0.8)
    pair = view.pairs[KEY]
    assert len(view.pairs) == len(PAIRS)
    assert pair.within is not None
    assert pair.slope is not None
    assert pair.touched is not None
    assert pair.within.low > 0.5
    assert pair.strength is Strength.MODERATE
    assert pair.disagreement is None
    assert pair.slope.low > 0.0
    assert "also among sessions" in pair.sentence
    assert 0 < pair.n_within <= pair.n


def test_longer_sessions_in_which_people_do_less_are_no_association_with_drops() -> None:
    pair = _view(calming=0.4).detailed(DROPS, INTERACTIONS)
    assert pair.pooled is not None
    assert pair.within is not None
    assert pair.pooled.high < -0.1
    assert not pair.within.excludes_zero
    assert pair.explained_by == "session length"
    assert pair.dose is not None
    assert pair.dose.bins[1].difference is not None
    assert not pair.dose.bins[1].difference.excludes_zero


def test_the_pair_that_is_drawn_has_doses_and_dimensions() -> None:
    view = _view()
    pair = view.detailed(LATENCY, PAGE_LOAD)
    assert view.pairs[KEY].dose is None
    assert pair.dose is not None
    assert len(pair.dose.bins) == 10
    assert {each.dimension for each in pair.by_dimension} >= {"country", "session length"}


def test_each_lack_of_data_has_its_reason() -> None:
    table = sessions(np.random.default_rng(5), 1_000, 10, Plant())
    missing = np.full(1_000, np.nan)
    without = pairs_per_session(replace(table, page_load_ms=missing)).pairs[KEY]
    assert without.reason == "Page load was not measured in this range."
    flat = pairs_per_session(replace(table, page_load_ms=np.full(1_000, 0.1))).pairs[KEY]
    assert flat.reason == "Page load did not vary in this range."
    rare = replace(table, drops=np.where(np.arange(1_000) % 200 == 0, 1.0, 0.0))
    few = pairs_per_session(rare).pairs[pair_key(DROPS, INTERACTIONS)]
    assert "30 are needed" in str(few.reason)
    assert "7 on" in str(_view(500, 3).pairs[KEY].reason)
    nobody = pairs_per_session(table.select(np.zeros(1_000, np.bool)))
    assert "No session" in str(nobody.pairs[KEY].reason)
    assert nobody.detailed(LATENCY, PAGE_LOAD).dose is None


def test_sessions_without_an_equal_have_no_coefficient_within() -> None:
    table = sessions(np.random.default_rng(5), 300, 10, Plant())
    alone = replace(table.dimensions["release"], codes=np.arange(300, dtype=np.int32))
    dimensions = {**table.dimensions, "release": alone}
    pair = pairs_per_session(replace(table, dimensions=dimensions)).pairs[KEY]
    assert pair.pooled is not None
    assert pair.within is None
    assert "Too few sessions have an equal" in pair.sentence


@pytest.mark.parametrize("number", [1, 40])
def test_a_handful_of_sessions_says_nothing(number: int) -> None:
    view = _view(number, 40)
    assert not any(pair.within for pair in view.pairs.values())
