"""Outcomes by dose."""

import tracemalloc

import numpy as np
import pytest

from analytics.correlation.persession.doses import count_doses, decile_doses, dose_curve

N, DAYS = 4_000, 14


def test_counts_have_bins_of_their_own() -> None:
    events = np.array([0, 1, 2, 3, 5, 6, 99, 0], dtype=np.float64)
    of = count_doses(events, np.arange(8) < 7)
    assert of.number.tolist() == [0, 1, 2, 3, 3, 4, 4, -1]
    assert of.labels == ("none", "1", "2", "3–5", "more")


def test_deciles_are_equally_full_and_many_zeros_apart() -> None:
    x = np.arange(1.0, 1_001.0)
    assert np.bincount(decile_doses(x).number).tolist() == [100] * 10
    half = np.where(x <= 500, 0.0, x)
    of = decile_doses(half)
    assert np.bincount(of.number).tolist() == [500] + [50] * 10
    assert of.labels[0] == "none"
    assert decile_doses(np.full(5, np.nan)).number.tolist() == [-1] * 5
    assert decile_doses(np.zeros(5)).labels == ("none",)


def test_many_equal_values_leave_no_empty_bin() -> None:
    of = decile_doses(np.minimum(np.arange(1.0, 101.0), 65.0))
    assert np.bincount(of.number).tolist() == [10, 10, 10, 10, 10, 10, 40]
    assert len(of.labels) == len(of.ends) == 7
    assert decile_doses(np.full(40, 3.0)).number.tolist() == [0] * 40


def test_differences_are_within_strata() -> None:
    random = np.random.default_rng(1)
    stratum = random.integers(0, 40, N)
    events = random.poisson(0.2 + stratum / 40).astype(np.float64)  # more in strata that do more
    y = 5.0 * stratum + np.where(events == 1, -3.0, 0.0) + random.normal(size=N)
    day = np.sort(random.integers(0, DAYS, N))
    curve = dose_curve(count_doses(events, np.ones(N, np.bool)), y, stratum, day, is_count=True)
    assert curve is not None
    none, single, two, *_ = curve.bins
    assert none.difference is None
    assert none.outcome is not None
    assert none.outcome.value == pytest.approx(y[events == 0].mean())
    assert sum(each.share for each in curve.bins) == pytest.approx(1.0)
    assert single.difference is not None
    assert two.difference is not None
    assert single.difference.low < -3.0 < single.difference.high
    assert single.difference.value == pytest.approx(-3.0, abs=0.2)
    assert not two.difference.excludes_zero
    assert two.outcome is not None
    assert two.outcome.value > none.outcome.value + 10.0


def test_it_is_the_regression_on_bins_and_strata() -> None:
    random = np.random.default_rng(2)
    stratum, day = random.integers(0, 5, 400), np.sort(random.integers(0, DAYS, 400))
    events = random.integers(0, 3, 400).astype(np.float64)
    y = random.normal(size=400) + stratum
    curve = dose_curve(count_doses(events, np.ones(400, np.bool)), y, stratum, day, is_count=True)
    design = np.column_stack([events == 1, events == 2, *(stratum == each for each in range(5))])
    expected = np.linalg.lstsq(design.astype(np.float64), y)[0]
    assert curve is not None
    differences = [each.difference for each in curve.bins[1:3]]
    assert [each.value for each in differences if each] == pytest.approx(expected[:2])


def test_without_a_reference_there_is_no_curve() -> None:
    doses = count_doses(np.ones(100), np.ones(100, np.bool))
    day = np.arange(100) // 10
    assert dose_curve(doses, np.ones(100), day, day, is_count=True) is None


def test_strata_of_a_single_session_neither_count_nor_take_memory() -> None:
    """Sums by day and stratum of as many strata as sessions would be 90 times the sessions."""
    random, n = np.random.default_rng(3), 20_000
    events, day = random.integers(0, 3, n).astype(np.float64), np.sort(random.integers(0, 90, n))
    y = random.normal(size=n) - events
    stratum = np.where(np.arange(n) < 2_000, np.arange(n) % 40, np.arange(n))
    doses = count_doses(events, np.ones(n, np.bool))
    tracemalloc.start()
    curve = dose_curve(doses, y, stratum, day, is_count=True)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * y.nbytes
    assert curve is not None
    head = slice(0, 2_000)
    design = np.column_stack(
        [events[head] == 1, events[head] == 2, *(stratum[head] == each for each in range(40))]
    )
    expected = np.linalg.lstsq(design.astype(np.float64), y[head])[0]
    differences = [each.difference for each in curve.bins[1:3]]
    assert [each.value for each in differences if each] == pytest.approx(expected[:2])
    alone = dose_curve(doses, y, np.arange(n), day, is_count=True)
    assert alone is not None
    assert [each.difference for each in alone.bins] == [None] * 5
