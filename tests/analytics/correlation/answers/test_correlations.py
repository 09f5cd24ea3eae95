"""The correlations of a range."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.correlation.answers.correlations import correlations_of
from analytics.correlation.measures import EXPOSURES, OUTCOMES, SEED_PAIRS, pair_key
from analytics.correlation.results import Correlations, Strength
from scripts.bench.correlation.hours import hourly, noise
from scripts.bench.correlation.sessions import Plant, sessions

WINDOW = (datetime(1970, 1, 5, tzinfo=UTC), datetime(1970, 2, 4, tzinfo=UTC))
KEY = pair_key(EXPOSURES[0], OUTCOMES[0])


def _correlations(
    number: int = 3_000,
    days: int = 10,
    hours: int = 600,
    selected: str | None = None,
    **plant: float,
) -> Correlations:
    random = np.random.default_rng(4)
    x = noise(random, hours, 0.5)
    series = {EXPOSURES[0].key: x, OUTCOMES[0].key: 0.5 * x + 0.8 * noise(random, hours, 0.5)}
    table = sessions(random, number, days, Plant(**plant))
    return correlations_of(hourly(series), table, WINDOW, selected)


def test_the_three_of_the_seed_come_first_and_all_are_there() -> None:
    of = _correlations()
    assert tuple((pair.x.key, pair.y.key) for pair in of.pairs[:3]) == SEED_PAIRS
    assert [pair.is_seed for pair in of.pairs[:4]] == [True, True, True, False]
    assert len({pair.key for pair in of.pairs}) == len(of.pairs) == 36
    assert (of.sessions, of.hours, of.mark) == (3_000, 600, 0.7)
    assert of.pair("nothing") is None


def test_the_share_of_the_sessions_that_was_read_is_named() -> None:
    series = hourly({EXPOSURES[0].key: np.zeros(100)})
    table = sessions(np.random.default_rng(4), 300, 10, Plant())
    assert correlations_of(series, table, WINDOW).read_share == 1.0
    assert correlations_of(series, replace(table, read_share=0.4), WINDOW).read_share == 0.4


def test_the_strongest_pair_that_equals_confirm_is_drawn() -> None:
    of = _correlations(linked=0.0, after=0.3)
    assert str(of.strongest).endswith(OUTCOMES[-1].key)  # drops, and what comes with them
    assert of.selected == of.strongest
    drawn = of.pair(of.selected)
    assert drawn is not None
    assert drawn.per_session.dose is not None
    other = _correlations(linked=0.0, after=0.3, selected=KEY)
    assert (other.strongest, other.selected) == (of.strongest, KEY)
    drawn = other.pair(KEY)
    assert drawn is not None
    assert drawn.over_time.scatter is not None


def test_what_equals_refuse_is_refused_though_hours_go_together() -> None:
    pair = _correlations(slow=2.0).pairs[0]
    assert pair.over_time.strength is Strength.MODERATE
    assert pair.strength is Strength.NONE
    assert pair.sentence.startswith("Among equals no association")


def test_what_equal_sessions_show_is_a_relation_where_hours_show_none() -> None:
    random, hours = np.random.default_rng(6), 600
    drops, interactions = EXPOSURES[2], OUTCOMES[-1]
    series = {side.key: noise(random, hours, 0.5) for side in (drops, interactions)}
    table = sessions(random, 3_000, 10, Plant(after=0.3))
    of = correlations_of(hourly(series), table, WINDOW)
    pair = of.pair(pair_key(drops, interactions))
    assert pair is not None
    assert pair.over_time.enough_data
    assert pair.over_time.strength is Strength.NONE
    assert pair.strength is pair.per_session.strength is not Strength.NONE
    assert of.strongest == of.selected


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from([0, 1, 2, 30, 300]),
    st.sampled_from([1, 7, 12]),
    st.sampled_from([0, 1, 80, 200]),
)
def test_nothing_is_a_nan_however_little_there_is(number: int, days: int, hours: int) -> None:
    of = _correlations(number, days, hours)
    for pair in of.pairs:
        for view in (pair.over_time, pair.per_session):
            assert view.enough_data != bool(view.reason)
            assert bool(view.sentence) == view.enough_data
        assert pair.sentence
    scatters = {id(pair.over_time.scatter) for pair in of.pairs}
    assert all(isfinite(each) for each in _numbers(of, scatters))


def _numbers(of: Any, skipped: set[int]) -> Iterator[float]:
    if isinstance(of, float):
        yield of
    elif isinstance(of, tuple):
        for each in of:
            yield from _numbers(each, skipped)
    elif is_dataclass(of) and id(of) not in skipped:
        for field in fields(of):
            yield from _numbers(getattr(of, field.name), skipped)
