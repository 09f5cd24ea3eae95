"""Whether connections are spread fairly, and what the balancer seems to do."""

import pytest

from analytics.connection_tests.spread import spread_of


@pytest.mark.parametrize(
    ("counts", "is_fair", "text"),
    [
        ([11, 9, 12, 8], True, "As even as chance"),
        ([10, 10, 10, 10], True, "round robin"),
        ([30, 4, 3, 3], False, "Uneven"),
        ([40, 0, 0, 0], False, "All landed on one worker"),
        ([20, 20, 0, 0], False, "took none"),
    ],
)
def test_the_spread_is_judged_by_chi_squared(counts: list[int], is_fair: bool, text: str) -> None:
    spread = spread_of(counts)
    assert spread.is_fair is is_fair
    assert text in spread.balancing
    assert (spread.low, spread.high) == (5, 15)


def test_p_is_that_of_the_textbook() -> None:
    assert spread_of([44, 56]).p == pytest.approx(0.2301, abs=1e-4)  # 1.44, one degree of freedom


def test_too_few_connections_or_workers_say_nothing() -> None:
    assert spread_of([7]).p is None
    assert spread_of([]).is_fair
    few = spread_of([3, 4])
    assert (few.p, few.is_fair) == (None, True)
    assert "at least 10" in few.balancing
