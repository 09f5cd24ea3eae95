"""Severity by the distance from the band, and the steps of an incident that tell something new."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies.detection.severity import JOINED_SECONDS, Severity, onsets, severity

HOUR = 3600
scores_of_hours = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("rho", "named"),
    [(1.0, None), (1.05, Severity.LOW), (1.5, Severity.MEDIUM), (2.5, Severity.HIGH)],
)
def test_severity_is_the_distance_from_the_band(rho: float, named: Severity | None) -> None:
    assert severity(rho) is named
    assert severity(float("nan")) is None


def test_an_incident_scores_at_its_begin_and_where_it_becomes_more_severe() -> None:
    rho = np.array([0.2, 1.2, 1.3, 1.6, 1.2, 3.0, 9.0, 0.1])
    scores = onsets(HOUR * np.arange(8), rho / (1 + rho))
    assert np.flatnonzero(scores > 0.5).tolist() == [1, 3, 5]
    assert scores[0] == pytest.approx(0.2 / 1.2)


@pytest.mark.parametrize(("apart", "incidents"), [(JOINED_SECONDS, 1), (JOINED_SECONDS + 1, 2)])
def test_steps_half_a_day_apart_are_the_same_incident(apart: int, incidents: int) -> None:
    scores = onsets(np.array([0, apart]), np.array([0.7, 0.7]))
    assert (scores > 0.5).sum() == incidents


@given(scores_of_hours, st.integers(1, 60))
def test_onsets_depend_on_the_past_and_raise_no_score(scores: list[float], cut: int) -> None:
    times, values = HOUR * np.arange(len(scores)), np.array(scores)
    reported = onsets(times, values)
    assert np.array_equal(reported[:cut], onsets(times[:cut], values[:cut]))
    assert ((reported == values) | ((reported == 0) & (values > 0.5))).all()
    assert (reported > 0.5).any() == (values > 0.5).any()
