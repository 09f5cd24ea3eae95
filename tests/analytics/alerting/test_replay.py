"""The past replayed: the same life as the machine leads, only faster."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation.window_values import Measured
from analytics.alerting.lifecycle.alert_state import State, Verdict
from analytics.alerting.preview import wording
from analytics.alerting.preview.replay import episodes, suggest
from tests.conftest import NOON
from tests.support.alerts.alert_life import LOOK, Life, a_rule

VALUES = st.lists(st.sampled_from([None, 100.0, 180.0, 190.0, 250.0]), max_size=60)
SECONDS = st.sampled_from([0, 15, 30, 45])


def measured(*series: list[float | None], n: float = 100) -> Measured:
    array = np.array(series, dtype=np.float64)
    return Measured(array, array, np.where(np.isnan(array), 0, n))


def verdict(value: float | None) -> Verdict:
    if value is None:
        return Verdict.TOO_FEW
    if value > 200:
        return Verdict.FIRES
    return Verdict.CLEAR if value <= 180 else Verdict.BETWEEN


@settings(deadline=None)
@given(VALUES, SECONDS, SECONDS)
def test_it_fires_when_the_machine_fires(
    values: list[float | None], lasting: int, keeping: int
) -> None:
    rule = a_rule(for_seconds=lasting, keep_firing_seconds=keeping)
    life, lived = Life(rule, NOON - LOOK), []
    for value in values:
        life.look(verdict(value))
        alive = life.standing.is_live and life.standing.fired_at is not None
        lived.append(alive and life.standing.state is not State.FLAPPING)
        if life.standing.state is State.FLAPPING:
            return  # the past is told without flapping
    found = episodes(rule, measured(values), 15) if values else []
    replayed = [any(e.first <= at <= e.last for e in found) for at in range(len(values))]
    assert replayed == lived


def test_episodes_are_of_their_label_set() -> None:
    rule = a_rule(for_seconds=0, keep_firing_seconds=0)
    found = episodes(rule, measured([100, 300, 300, 100], [300, 100, 300, 300]), 300)
    assert [(e.place, e.first, e.last) for e in found] == [(0, 1, 2), (1, 0, 0), (1, 2, 3)]


@settings(deadline=None)
@given(
    st.lists(st.floats(1, 1000), min_size=1, max_size=200),
    st.sampled_from(["above", "below"]),
    st.integers(1, 5),
)
def test_a_suggested_threshold_fires_as_often_as_it_says(
    values: list[float], direction: Any, times: int
) -> None:
    rule = a_rule(direction=direction, clear=None, for_seconds=0, keep_firing_seconds=0)
    history = measured(list(values))
    for found in suggest(rule, history, 300, [times]):
        assert found.fired <= times
        tried = a_rule(direction=direction, fire=found.threshold, clear=None, for_seconds=0,
                       keep_firing_seconds=0)  # fmt: skip
        assert len(episodes(tried, history, 300)) == found.fired


def test_the_mildest_of_them_is_suggested() -> None:
    values: list[float | None] = [100.0] * 1000
    for place, value in ((100, 400.0), (300, 500.0), (500, 600.0), (700, 700.0)):
        values[place] = value
    rule = a_rule(clear=None, for_seconds=0, keep_firing_seconds=0)
    once, thrice = suggest(rule, measured(values), 300, [1, 3])
    assert (once.fired, thrice.fired) == (1, 3)
    assert 600 <= once.threshold < 700
    assert 400 <= thrice.threshold < 500


def test_nothing_is_suggested_of_nothing() -> None:
    assert suggest(a_rule(), measured([None, None]), 300, [1]) == []
    assert suggest(a_rule(minimum_n=1000), measured([1.0, 2.0]), 300, [1]) == []


def test_a_month_of_fifty_countries_is_quick() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(4, 0.5, (20, 720))
    history = Measured(values, values, np.full(values.shape, 100.0))
    assert len(suggest(a_rule(), history, 3600, [1, 3, 10])) == 3


@pytest.mark.parametrize(
    ("lengths", "sentence"),
    [
        ([], "would not have fired in 30 days"),
        ([45], "would have fired once in 30 days, 45 s in all"),
        ([3600, 26100, 0], "would have fired 3 times in 30 days, 8 h 15 min in all"),
        ([86400 * 2 + 3600], "would have fired once in 30 days, 2 d 1 h in all"),
        (
            [timedelta(minutes=12).total_seconds()] * 2,
            "would have fired twice in 30 days, 24 min in all",
        ),
    ],
)
def test_it_is_told_in_a_sentence(lengths: list[float], sentence: str) -> None:
    assert wording.would_have_fired(lengths, 30) == sentence
