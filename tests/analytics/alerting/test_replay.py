"""The vectorised replay: the same states as the state machine, and suggested thresholds."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.alerting.evaluation.window_values import WindowValues
from analytics.alerting.lifecycle.observation import Verdict
from analytics.alerting.preview import wording
from analytics.alerting.preview.replay import episodes, suggest
from models.metrics.alert_state import State
from tests.support.alerts.alert_life import EVALUATION_INTERVAL, SimulatedAlert, a_rule
from tests.support.clock import NOON

VALUES = st.lists(st.sampled_from([None, 100.0, 180.0, 190.0, 250.0]), max_size=60)
SECONDS = st.sampled_from([0, 15, 30, 45])


def window_values(*series: list[float | None], n: float = 100) -> WindowValues:
    array = np.array(series, dtype=np.float64)
    return WindowValues(array, array, np.where(np.isnan(array), 0, n))


def verdict(value: float | None) -> Verdict:
    if value is None:
        return Verdict.TOO_FEW
    if value > 200:
        return Verdict.FIRES
    return Verdict.CLEAR if value <= 180 else Verdict.BETWEEN


@settings(deadline=None)
@given(VALUES, SECONDS, SECONDS)
def test_replay_fires_when_the_state_machine_fires(
    values: list[float | None], for_seconds: int, keep_firing_seconds: int
) -> None:
    rule = a_rule(for_seconds=for_seconds, keep_firing_seconds=keep_firing_seconds)
    alert, fired_steps = SimulatedAlert(rule, NOON - EVALUATION_INTERVAL), []
    for value in values:
        alert.evaluate(verdict(value))
        is_live = alert.alert_state.is_live and alert.alert_state.fired_at is not None
        fired_steps.append(is_live and alert.alert_state.state is not State.FLAPPING)
        if alert.alert_state.state is State.FLAPPING:
            return  # the replay has no flapping
    replayed_episodes = episodes(rule, window_values(values), 15) if values else []
    replayed_steps = [
        any(e.first <= at <= e.last for e in replayed_episodes) for at in range(len(values))
    ]
    assert replayed_steps == fired_steps


def test_episodes_belong_to_their_label_set() -> None:
    rule = a_rule(for_seconds=0, keep_firing_seconds=0)
    replayed = episodes(rule, window_values([100, 300, 300, 100], [300, 100, 300, 300]), 300)
    assert [(e.row, e.first, e.last) for e in replayed] == [(0, 1, 2), (1, 0, 0), (1, 2, 3)]


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
    history = window_values(list(values))
    for suggestion in suggest(rule, history, 300, [times]):
        assert suggestion.fired <= times
        tried = a_rule(direction=direction, fire=suggestion.threshold, clear=None, for_seconds=0,
                       keep_firing_seconds=0)  # fmt: skip
        assert len(episodes(tried, history, 300)) == suggestion.fired


def test_the_mildest_threshold_is_suggested() -> None:
    values: list[float | None] = [100.0] * 1000
    for index, value in ((100, 400.0), (300, 500.0), (500, 600.0), (700, 700.0)):
        values[index] = value
    rule = a_rule(clear=None, for_seconds=0, keep_firing_seconds=0)
    once, thrice = suggest(rule, window_values(values), 300, [1, 3])
    assert (once.fired, thrice.fired) == (1, 3)
    assert 600 <= once.threshold < 700
    assert 400 <= thrice.threshold < 500


def test_nothing_is_suggested_without_enough_data() -> None:
    assert suggest(a_rule(), window_values([None, None]), 300, [1]) == []
    assert suggest(a_rule(minimum_n=1000), window_values([1.0, 2.0]), 300, [1]) == []


def test_a_month_of_fifty_countries_is_quick() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(4, 0.5, (20, 720))
    history = WindowValues(values, values, np.full(values.shape, 100.0))
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
def test_the_preview_sentence_counts_and_sums_the_episodes(
    lengths: list[float], sentence: str
) -> None:
    assert wording.would_have_fired(lengths, 30) == sentence
