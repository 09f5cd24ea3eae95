"""Intervals over sessions: what they hold, and what they do not tell."""

import numpy as np
import pytest

from analytics.stats import session_intervals
from analytics.stats.session_intervals import Floats, Intervals
from analytics.stats.session_moments import (
    RATIOS,
    RatioMoments,
    SessionSums,
    above_boundaries,
    moments_of,
    ratio_of,
)
from models.metrics.histogram import BUCKETS

SAME = np.ones(1)


def ratio(bad: list[float], exposure: list[float]) -> RatioMoments:
    y, x = np.array(bad), np.array(exposure)
    parts = ((x > 0).sum(), y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum())
    return RatioMoments(*(np.array([float(each)]) for each in parts))


def share_of(bad: list[float], exposure: list[float], scale: float = 1.0) -> Intervals:
    of = ratio(bad, exposure)
    return session_intervals.shares(of.y / of.x, of, SAME * scale)


def width(each: Intervals) -> float:
    return float((each.high - each.low)[0])


def test_attempts_of_a_single_session_are_no_evidence() -> None:
    spread = share_of([1.0] * 20 + [0.0] * 80, [1.0] * 100)
    clustered = share_of([20.0] + [0.0] * 80, [20.0] + [1.0] * 80)
    assert width(clustered) > 3 * width(spread)
    wilson = 0.133, 0.289  # of 20 in 100
    assert (spread.low[0], spread.high[0]) == pytest.approx(wilson, abs=0.02)


def test_nothing_bad_is_not_certainty() -> None:
    none, every = share_of([0.0] * 50, [3.0] * 50), share_of([3.0] * 50, [3.0] * 50)
    assert none.low[0] == 0
    assert 0.05 < none.high[0] < 0.1
    assert every.high[0] == 1
    assert every.low[0] == pytest.approx(1 - none.high[0], abs=0.01)
    of = ratio([0.0] * 50, [2.0] * 50)
    never = session_intervals.rates(np.zeros(1), of, SAME)
    assert (never.low[0], never.high[0]) == (0, pytest.approx(2.01**2 / 100, rel=0.01))
    later = session_intervals.rates(
        np.array([0.1]), of, SAME
    )  # the days had no event, the range has
    assert 0 < later.low[0] < 0.1 < later.high[0]


@pytest.mark.parametrize(
    ("bad", "exposure"), [([], []), ([1.0], [9.0]), ([0.0, 0.0], [0.0, 0.0])], ids=str
)
def test_too_few_sessions_have_no_interval(bad: list[float], exposure: list[float]) -> None:
    of = ratio(bad, exposure)
    for kind in (session_intervals.shares, session_intervals.rates, session_intervals.means):
        each = kind(np.array([0.1]), of, SAME)
        assert np.isnan([each.low, each.high]).all()


def test_more_days_narrow_by_their_exposure() -> None:
    bad, exposure = [2.0, 0, 0, 1, 0, 3] * 30, [5.0] * 180
    assert width(share_of(bad, exposure, 4.0)) == pytest.approx(
        width(share_of(bad, exposure)) / 2, rel=0.05
    )


def test_percentiles_hold_their_value_and_grow_with_likeness() -> None:
    rng = np.random.default_rng(3)
    of_sessions = rng.normal(90, 12, 200)  # buckets
    alike, mixed = (
        percentile(np.rint(each).astype(int))
        for each in (
            np.repeat(of_sessions[:, None], 30, axis=1),
            rng.normal(90, 12, (200, 30)),
        )
    )
    same = percentile(np.tile([60, 90], (40, 1)))
    for each in (alike, mixed, same):
        assert each.low[0] <= each.value[0] <= each.high[0]
    assert width(alike) > 3 * width(mixed)


def percentile(buckets: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Intervals:
    counts: Floats = np.zeros((len(buckets), BUCKETS))
    for row, own in enumerate(buckets):
        np.add.at(counts[row], own, 1)
    exposure = np.zeros((len(buckets), len(RATIOS)))
    exposure[:, -1] = counts.sum(axis=1)
    sums = SessionSums(exposure, exposure, above_boundaries(counts), np.zeros(len(buckets)))
    rows = np.arange(len(buckets))
    moments = moments_of(rows, np.zeros_like(rows), sums, 1)
    assert ratio_of(moments, "latency_mean").sessions[0] == len(buckets)
    return session_intervals.percentiles_ms(0.95, counts.sum(axis=0)[None], moments, SAME)


def test_t_has_heavy_tails_for_few_sessions() -> None:
    exact = {1: 12.706, 2: 4.303, 9: 2.262, 25: 2.060, 1e6: 1.960}
    values = session_intervals.t_quantile(np.array([*exact]))
    assert values == pytest.approx([*exact.values()], rel=0.01)
