"""Intervals of shares, rates and means: what they hold, and when sessions are too few."""

from collections.abc import Callable

import numpy as np
import pytest

from analytics.stats.over_sessions import ratios
from analytics.stats.over_sessions.ratios import Intervals
from analytics.stats.session_moments import RatioMoments

SAME = np.ones(1)


def ratio(bad: list[float], exposure: list[float]) -> RatioMoments:
    y, x = np.array(bad), np.array(exposure)
    parts = ((x > 0).sum(), y.sum(), x.sum(), (y * y).sum(), (x * y).sum(), (x * x).sum())
    return RatioMoments(*(np.array([float(each)]) for each in parts))


def share_of(bad: list[float], exposure: list[float], scale: float = 1.0) -> Intervals:
    of = ratio(bad, exposure)
    return ratios.shares(of.y / of.x, of, of, SAME * scale)


def width(each: Intervals) -> float:
    return float((each.high - each.low)[0])


def test_attempts_of_a_single_session_are_no_evidence() -> None:
    spread = share_of([1.0] * 20 + [0.0] * 80, [1.0] * 100)
    clustered = share_of([5.0] * 4 + [0.0] * 80, [5.0] * 4 + [1.0] * 80)
    assert width(clustered) > 2 * width(spread)
    assert share_of([20.0] + [0.0] * 80, [20.0] + [1.0] * 80).too_few[0]
    wilson = 0.133, 0.289  # of 20 in 100
    assert (spread.low[0], spread.high[0]) == pytest.approx(wilson, abs=0.02)


def test_nothing_bad_is_not_certainty() -> None:
    none, every = share_of([0.0] * 50, [3.0] * 50), share_of([3.0] * 50, [3.0] * 50)
    assert none.low[0] == 0
    assert 0.05 < none.high[0] < 0.1
    assert every.high[0] == 1
    assert every.low[0] == pytest.approx(1 - none.high[0], abs=0.01)
    of = ratio([0.0] * 50, [2.0] * 50)
    never = ratios.rates(np.zeros(1), of, of, SAME)
    assert (never.low[0], never.high[0]) == (0, pytest.approx(2.03**2 / 100, rel=0.01))
    later = ratios.rates(np.array([0.1]), of, of, SAME)  # the days had no event, the range has
    assert 0 < later.low[0] < 0.1 < later.high[0]


@pytest.mark.parametrize(
    ("bad", "exposure"),
    [([1.0], [9.0]), ([0.0] * 28 + [1.0], [3.0] * 29), ([0.0] * 99 + [50.0], [1.0] * 99 + [99.0])],
    ids=["one", "29", "one is most"],
)
def test_too_few_sessions_have_no_interval(bad: list[float], exposure: list[float]) -> None:
    of = ratio(bad, exposure)
    for kind in (ratios.rates, ratios.means):
        each = kind(np.array([0.1]), of, of, SAME)
        assert np.isnan([each.low, each.high]).all()
        assert each.too_few.all()
        assert each.value == 0.1


def test_nothing_has_no_interval_and_is_not_too_few() -> None:
    for kind in (ratios.shares, ratios.rates, ratios.means):
        for bad, exposure in (([], []), ([0.0, 0.0], [0.0, 0.0])):
            of = ratio(bad, exposure)
            each = kind(np.array([0.1]), of, of, SAME)
            assert np.isnan([each.low, each.high]).all()
            assert not each.too_few.any()


def test_attempts_of_bad_sessions_do_not_make_sessions_too_few() -> None:
    """An outage brings most of the attempts: whether one was met must not decide."""
    each = share_of(
        [90.0, 80.0, 70.0, 60.0] + [1.0] * 6 + [0.0] * 90,
        [91.0, 81.0, 71.0, 61.0] + [2.0] * 6 + [1.0] * 90,
    )
    assert not each.too_few.any()
    assert each.low[0] < each.value[0] < each.high[0]


def test_more_days_narrow_by_their_exposure() -> None:
    bad, exposure = [2.0, 0, 0, 1, 0, 3] * 30, [5.0] * 180
    assert width(share_of(bad, exposure, 4.0)) == pytest.approx(
        width(share_of(bad, exposure)) / 2, rel=0.05
    )


def test_without_other_people_few_sessions_with_most_errors_move_the_upper_end_alone() -> None:
    bad, exposure = [9.0] * 6 + [0.0] * 234, [10.0] * 240
    own = ratio(bad, exposure)
    value, people = own.y / own.x, ratio(bad * 20, exposure * 20)
    plain, alone = (kind(value, own, own, SAME) for kind in (ratios.shares, ratios.shares_of_few))
    assert alone.low == plain.low
    assert alone.high > plain.high + 0.01
    among, usually = (
        kind(value, own, people, SAME) for kind in (ratios.shares_of_few, ratios.shares)
    )
    assert among.high - usually.high < (alone.high - plain.high) / 10


@pytest.mark.parametrize("kind", [ratios.shares, ratios.rates, ratios.means])
def test_a_segment_that_lacks_bad_sessions_is_as_unsure_as_all_people_are(
    kind: Callable[..., Intervals],
) -> None:
    own = ratio([0.1, 0.1, 0.1, 0.2] * 30, [10.0] * 120)
    of_people = ratio([0.1, 0.1, 0.1, 0.2] * 60 + [9.0] * 6, [10.0] * 246)
    nothing = ratio([], [])
    value = own.y / own.x
    alone, among = (kind(value, own, usual, SAME) for usual in (own, of_people))
    assert width(among) > 1.5 * width(alone)
    assert among.value == alone.value == kind(value, own, nothing, SAME).value
    assert width(kind(value, own, nothing, SAME)) == pytest.approx(width(alone))
