"""Differences between dropped and others."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.correlation.costs.comparing import Rows, compare

N, DAYS = 6_000, 20


def _rows(effect: float, *, share: float = 0.2) -> Rows:
    """Cells and days that differ, and that drop more the less they do."""
    random = np.random.default_rng(3)
    cell, day = random.integers(0, 12, N), random.integers(0, DAYS, N)
    bad = (cell / 12 + day / DAYS) / 2
    is_dropped = random.random(N) < share * 2 * bad
    value = 10.0 - 4.0 * cell / 12 - 3.0 * day / DAYS + effect * is_dropped
    value += random.normal(size=N)
    return Rows(value, random.uniform(1.0, 10.0, N), cell, day, is_dropped, DAYS)


@pytest.mark.parametrize("effect", [0.0, -1.0])
def test_bad_cells_and_bad_days_are_no_cost(effect: float) -> None:
    rows = _rows(effect)
    plain = rows.value[rows.is_dropped].mean() - rows.value[~rows.is_dropped].mean()
    of = compare(rows)
    assert of is not None
    assert plain < effect - 0.5
    assert of.difference.low < effect < of.difference.high
    assert of.difference.high - of.difference.low < 0.4
    assert of.dropped - of.others == pytest.approx(of.difference.value)
    assert of.relative is not None
    assert of.relative.value == pytest.approx(of.difference.value / of.others)
    total = rows.base[rows.is_dropped].sum() / DAYS
    assert of.per_day.value == pytest.approx(total * of.difference.value, rel=0.05, abs=1e-9)
    assert of.people == rows.is_dropped.sum()


def test_a_day_has_an_interval_where_enough_people_dropped() -> None:
    of = compare(_rows(-1.0))
    assert of is not None
    has = np.isfinite(of.by_day.half)
    assert (has == (of.by_day.people >= 20)).all()
    assert np.mean(np.abs(of.by_day.difference + 1.0)[has] <= of.by_day.half[has]) > 0.8


def test_too_few_people_or_nobody_to_compare_with_has_no_figure() -> None:
    rows = _rows(-1.0)
    assert compare(replace(rows, is_dropped=np.arange(N) < 20)) is None
    assert compare(replace(rows, is_dropped=np.ones(N, np.bool))) is None
    assert compare(replace(rows, base=np.zeros(N))) is None
    assert compare(replace(rows, day=np.zeros(N, np.int64))) is None
