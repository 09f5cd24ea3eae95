"""Intervals of percentiles: what they hold, and when sessions are too few."""

import numpy as np

from analytics.stats.over_sessions.percentiles import percentiles_ms
from analytics.stats.over_sessions.ratios import Intervals
from analytics.stats.session_moments import (
    RATIOS,
    SIZE,
    Floats,
    SessionSums,
    above_boundaries,
    moments_of,
    ratio_of,
)
from models.metrics.histogram import BUCKETS
from tests.analytics.stats.over_sessions.test_ratios import SAME, width


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
    same = percentile(np.tile([60, 90], (120, 1)))
    for each in (alike, mixed, same):
        assert each.low[0] <= each.value[0] <= each.high[0]
    assert width(alike) > 3 * width(mixed)


def percentile(
    buckets: np.ndarray[tuple[int, ...], np.dtype[np.int64]], share: float = 0.95
) -> Intervals:
    counts: Floats = np.zeros((len(buckets), BUCKETS))
    for row, own in enumerate(buckets):
        np.add.at(counts[row], own, 1)
    exposure = np.zeros((len(buckets), len(RATIOS)))
    exposure[:, -1] = counts.sum(axis=1)
    sums = SessionSums(exposure, exposure, above_boundaries(counts), np.zeros(len(buckets)))
    rows = np.arange(len(buckets))
    moments = moments_of(rows, np.zeros_like(rows), sums, 1)
    assert ratio_of(moments, "latency_mean").sessions[0] == len(buckets)
    return percentiles_ms(share, counts.sum(axis=0)[None], moments, SAME)


def test_a_tail_needs_three_sessions_beyond_it() -> None:
    """Were durations beyond those of single sessions, fewer sessions could have met none."""
    rng = np.random.default_rng(4)
    for share, fewest in ((0.5, 30), (0.95, 60), (0.99, 300)):
        for number, is_few in ((fewest - 1, True), (fewest + 1, False)):
            each = percentile(np.rint(rng.normal(90, 12, (number, 30))).astype(int), share)
            assert each.too_few[0] == is_few
            assert np.isnan(each.low[0]) == np.isnan(each.high[0]) == is_few
            assert each.value[0] > 0


def test_where_sessions_are_alike_more_of_them_are_needed() -> None:
    alike = np.rint(np.random.default_rng(5).normal(90, 12, (80, 1))).astype(int)
    assert percentile(np.repeat(alike, 30, axis=1)).too_few[0]


def test_nothing_is_not_too_few() -> None:
    none = percentiles_ms(0.5, np.zeros((1, BUCKETS)), np.zeros((1, SIZE)), SAME)
    assert np.isnan(none.value[0])
    assert not none.too_few[0]
