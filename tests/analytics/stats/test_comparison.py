"""Changes against another period: notable only when beyond chance and large enough to matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats import comparison
from analytics.stats.comparison import FigureChange
from analytics.stats.estimates import Durations, Share
from analytics.stats.summaries import share_of

counts = st.integers(1, 10**6)
NONE = share_of(0, 0, 0)


def a_share(good: int, trials: int) -> Share:
    return share_of(good, trials, trials)


def durations(p95: float | None, n: int = 5000) -> Durations:
    return Durations(n=n, mean=p95, p50=p95, p95=p95, p99=p95)


def is_notable(change: FigureChange | None) -> bool:
    assert change is not None
    return change.is_notable


@pytest.mark.parametrize(
    ("now", "before", "notable"),
    [
        ((9_000, 10_000), (9_500, 10_000), True),
        ((9, 10), (10, 10), False),  # chance
        ((999_000, 10**6), (998_000, 10**6), False),  # beyond chance, but too small to matter
        ((990_000, 10**6), (998_000, 10**6), True),
        ((500, 1000), (500, 1000), False),
    ],
)
def test_a_share_changes_notably_beyond_chance_and_half_a_point(
    now: tuple[int, int], before: tuple[int, int], notable: bool
) -> None:
    assert is_notable(comparison.of_shares(a_share(*now), a_share(*before))) is notable


def test_without_trials_there_is_no_change_of_a_share() -> None:
    assert comparison.of_shares(NONE, a_share(1, 2)) is None
    assert comparison.of_shares(a_share(1, 2), NONE) is None


@given(counts, counts, counts, counts)
def test_the_change_back_is_the_opposite_and_as_notable(a: int, b: int, c: int, d: int) -> None:
    now, before = a_share(min(a, b), max(a, b)), a_share(min(c, d), max(c, d))
    there, back = comparison.of_shares(now, before), comparison.of_shares(before, now)
    assert there is not None
    assert back is not None
    assert there.size == pytest.approx(-back.size)
    assert there.is_notable is back.is_notable


@given(counts, counts)
def test_nothing_changed_is_never_notable(events: int, exposure: int) -> None:
    share = a_share(min(events, exposure), max(events, exposure))
    assert comparison.of_shares(share, share) == FigureChange(0, is_notable=False, growth=0)
    rates = comparison.of_rates(events, exposure, events, exposure)
    assert rates == FigureChange(0, is_notable=False, growth=0)
    p95 = durations(float(events))
    assert comparison.of_p95(p95, p95) == FigureChange(0, is_notable=False, growth=0)


@pytest.mark.parametrize(
    ("now", "before", "size", "notable"),
    [
        ((200, 1000), (100, 1000), 1.0, True),
        ((50, 1000), (100, 1000), -0.5, True),
        ((4, 1000), (2, 1000), 1.0, False),  # chance
        ((105_000, 10**6), (100_000, 10**6), 0.05, False),  # too small to matter
        ((200, 2000), (100, 1000), 0.0, False),  # twice the traffic
    ],
)
def test_a_rate_changes_notably_beyond_chance_and_a_tenth(
    now: tuple[int, int], before: tuple[int, int], size: float, notable: bool
) -> None:
    change = comparison.of_rates(*now, *before)
    assert change is not None
    assert change.size == pytest.approx(size)
    assert change.is_notable is notable


@pytest.mark.parametrize("zero", range(4))
def test_a_rate_of_nothing_cannot_be_compared(zero: int) -> None:
    numbers = [5, 5, 5, 5]
    numbers[zero] = 0
    assert comparison.of_rates(*numbers) is None


@pytest.mark.parametrize(
    ("now", "before", "notable"),
    [
        (durations(120.1), durations(100.0), True),
        (durations(119.0), durations(100.0), False),
        (durations(83.0), durations(100.0), True),
        (durations(500.0, 999), durations(100.0), False),
        (durations(500.0), durations(100.0, 999), False),
        (durations(500.0, 1000), durations(100.0, 1000), True),
    ],
)
def test_a_p95_changes_notably_from_a_fifth_on_with_enough_values(
    now: Durations, before: Durations, notable: bool
) -> None:
    assert is_notable(comparison.of_p95(now, before)) is notable


@pytest.mark.parametrize("p95", [None, 0.0])
def test_a_p95_of_nothing_cannot_be_compared(p95: float | None) -> None:
    assert comparison.of_p95(durations(p95), durations(5.0)) is None
    assert comparison.of_p95(durations(5.0), durations(p95)) is None


def test_a_count_is_compared_with_some_count() -> None:
    assert comparison.of_counts(150, 100) == 0.5
    assert comparison.of_counts(0, 100) == -1
    assert comparison.of_counts(5, 0) is None
