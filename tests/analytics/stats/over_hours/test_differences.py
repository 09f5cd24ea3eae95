"""Differences of two ranges by a bootstrap over hours: how often intervals hold the truth, how
often chance is called real, and what cannot be judged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.over_hours.differences import quantile_differences, ratio_differences
from analytics.stats.over_hours.resampling import DRAWS, draws_of
from analytics.stats.over_hours.residuals import HourlyParts, residuals_of
from models.metrics.histogram import BUCKETS
from tests.support.hours_of_noise import hourly_durations, hourly_events, true_rate

DAY, WEEK = 24, 168
LEVEL = 0.2


def simulated(runs: int, hours: tuple[int, int], likeness: float) -> tuple[float, float]:
    """How often the interval of a planted difference holds it, and how often none is called."""
    random = np.random.default_rng(7)
    truth = true_rate(LEVEL) - true_rate(0.0)
    covered = called = 0
    for _ in range(runs):
        before = hourly_events(random, hours[1], likeness=likeness)
        planted = hourly_events(random, hours[0], likeness=likeness, level=LEVEL)
        between = ratio_differences(planted, before)
        covered += bool(between.low[0] <= truth <= between.high[0])
        same = ratio_differences(hourly_events(random, hours[0], likeness=likeness), before)
        called += bool(abs(same.deviate[0]) > 1.96)
    return covered / runs, called / runs


def test_a_day_beside_a_week_is_judged_as_it_should() -> None:
    covered, called = simulated(60, (DAY, WEEK), 0.5)
    assert covered >= 0.88
    assert called <= 0.12


@pytest.mark.deep
@pytest.mark.parametrize("hours", [(DAY, WEEK), (WEEK, WEEK), (72, 720)])
@pytest.mark.parametrize("likeness", [0.0, 0.5])
def test_intervals_hold_the_truth_as_often_as_they_say(
    hours: tuple[int, int], likeness: float
) -> None:
    covered, called = simulated(600, hours, likeness)
    assert 0.93 <= covered <= 0.98
    assert called <= 0.075


def test_a_percentile_is_called_longer_and_not_where_it_is_the_same() -> None:
    random = np.random.default_rng(3)
    before, of_week = hourly_durations(random, WEEK)
    same, of_day = hourly_durations(random, DAY)
    slower, _ = hourly_durations(random, DAY, level=0.5)
    for share in 0.5, 0.95:
        plain = quantile_differences(share, same, before, (of_day, of_week))
        planted = quantile_differences(share, slower, before, (of_day, of_week))
        assert plain.low[0] < 0 < plain.high[0]
        assert planted.low[0] > 0
        assert planted.deviate[0] > 2.5


def test_what_is_compared_with_itself_does_not_differ() -> None:
    parts = hourly_events(np.random.default_rng(1), WEEK)
    between = ratio_differences(parts, parts)
    assert abs(between.low[0] + between.high[0]) < 0.2 * (between.high[0] - between.low[0])
    assert between.deviate[0] == 0


def test_a_daily_cycle_is_no_noise() -> None:
    hours = np.arange(WEEK) % 24
    x = np.full((1, WEEK), 1e6)
    y = (1000 * (1 + 0.9 * np.sin(2 * np.pi * hours / 24)))[None]
    between = ratio_differences(HourlyParts(y * 1.01, x, hours), HourlyParts(y, x, hours))
    assert between.low[0] == pytest.approx(between.high[0], rel=1e-4)


@pytest.mark.parametrize(("events", "is_real"), [(60, True), (2, False)])
def test_events_where_there_were_none(events: int, is_real: bool) -> None:
    hours = np.arange(WEEK) % 24
    x, nothing = np.full((1, WEEK), 100.0), np.zeros((1, WEEK))
    y = nothing.copy()
    y[0, np.linspace(0, WEEK - 1, events, dtype=int)] += 1
    between = ratio_differences(HourlyParts(y, x, hours), HourlyParts(nothing, x, hours))
    assert (between.deviate[0] > 1.96) is np.bool_(is_real)
    assert (between.low[0] > 0) is np.bool_(is_real)
    none = ratio_differences(*(HourlyParts(nothing, x, hours),) * 2)
    assert np.isnan(none.low[0])


def test_too_few_hours_or_values_are_not_judged() -> None:
    random = np.random.default_rng(1)
    few, week = hourly_events(random, 5), hourly_events(random, WEEK)
    assert np.isnan(ratio_differences(few, week).low[0])
    counts, hours = np.zeros((DAY, BUCKETS)), np.arange(DAY)
    counts[:, 100] = 2  # 48 values: 2.4 of them are beyond the p95
    assert np.isnan(quantile_differences(0.95, counts, counts, (hours, hours)).low[0])
    assert not np.isnan(quantile_differences(0.5, counts, counts, (hours, hours)).low[0])


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(1e-6, 1e6), hours=st.integers(12, 80), seed=st.integers(0, 99))
def test_units_change_nothing(scale: float, hours: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    own, other = hourly_events(random, hours), hourly_events(random, 2 * hours)
    plain = ratio_differences(own, other)
    scaled = ratio_differences(
        *(HourlyParts(each.y * scale, each.x, each.hour_of_day) for each in (own, other))
    )
    np.testing.assert_allclose(scaled.low, plain.low * scale, rtol=1e-4)
    np.testing.assert_allclose(scaled.deviate, plain.deviate, rtol=1e-4)
    residuals, _ = residuals_of(own, other)
    assert abs(residuals.values.sum()) < 1e-9
    assert draws_of(residuals, 0).log_changes.shape == (DRAWS, 1)
