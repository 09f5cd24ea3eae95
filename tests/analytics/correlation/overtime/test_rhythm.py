"""What is usual for an hour."""

import numpy as np
import pytest

from analytics.correlation.overtime.rhythm import WEEK, cells_of, unusual


def test_a_rhythm_of_the_week_leaves_nothing() -> None:
    hours = np.arange(4 * WEEK)
    cells = cells_of(hours % WEEK)
    assert cells is not None
    rhythm = 100.0 + 50.0 * np.sin(hours % WEEK)
    of = unusual(np.stack([rhythm, rhythm]), np.array([True, False]), cells)
    np.testing.assert_allclose(of.scaled, 0.0, atol=1e-12)
    np.testing.assert_allclose(of.natural, 0.0, atol=1e-9)


def test_an_outage_does_not_move_what_is_usual() -> None:
    cells = np.arange(4 * WEEK) % WEEK
    values = 100.0 * np.random.default_rng(1).lognormal(0.0, 0.1, (1, 4 * WEEK))
    broken = values.copy()
    broken[0, 10] = 1e9
    before, after = (unusual(each, np.array([True]), cells) for each in (values, broken))
    moved = np.abs(after.scaled - before.scaled)[0, 10 + WEEK :: WEEK]
    assert moved.max() < 0.15
    assert after.natural[0, 10] == pytest.approx(1e9, rel=1e-3)


def test_hours_without_another_to_compare_with_have_no_deviation() -> None:
    values = np.full((1, 4 * WEEK), 5.0)
    values[0, WEEK + 3 :: WEEK] = np.nan
    of = unusual(values, np.array([False]), np.arange(4 * WEEK) % WEEK)
    assert np.isnan(of.scaled[0, 3::WEEK]).all()
    assert np.isfinite(of.scaled[0, 4::WEEK]).all()


def test_short_ranges_compare_more_hours_with_each_other() -> None:
    assert cells_of(np.arange(71)) is None
    day = cells_of(np.arange(72))
    weekly = cells_of(np.arange(WEEK))
    assert day is not None
    assert weekly is not None
    assert (np.unique(day).size, np.unique(weekly).size) == (24, 48)
