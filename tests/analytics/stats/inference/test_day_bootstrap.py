"""Intervals by days."""

import numpy as np
import pytest

from analytics.stats.inference.day_bootstrap import LEAST_DAYS, day_intervals


def test_days_that_are_alike_have_about_students_interval() -> None:
    influence = np.random.default_rng(1).normal(size=(30, 200)) / 30
    influence -= influence.mean(axis=0)
    of = day_intervals(np.full(200, 0.3), influence)
    error = np.sqrt(30 / 29 * (influence**2).sum(axis=0))
    assert np.median(of.half / error) == pytest.approx(2.045, rel=0.05)
    assert ((of.half < 0.3) == (of.p < 0.05)).all()  # of an interval around 0.3


def test_means_of_few_skewed_days_are_covered() -> None:
    random = np.random.default_rng(2)
    days = random.gamma(2.0, size=(10, 500))
    mean = days.mean(axis=0)
    of = day_intervals(mean, (days - mean) / 10)
    assert np.mean(np.abs(mean - 2.0) <= of.half) == pytest.approx(0.945, abs=0.025)


def test_a_day_that_decides_alone_has_no_interval() -> None:
    influence = np.zeros((20, 2))
    influence[0] = 1.0
    influence[:, 1] -= 1 / 20
    assert np.isnan(day_intervals(np.ones(2), influence).half).all()


def test_too_few_days_and_days_without_a_difference_have_none() -> None:
    of = day_intervals(np.ones(1), np.ones((LEAST_DAYS - 1, 1)))
    assert np.isnan([of.half[0], of.p[0]]).all()
    assert np.isnan(day_intervals(np.ones(1), np.zeros((30, 1))).half).all()
