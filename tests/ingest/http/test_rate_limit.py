"""Token buckets: how much a sender may send, when it may come back, and who is a sender."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.http.arrivals import Arrivals
from ingest.http.rate_limit import BURST_SECONDS, Bucket, RateLimiter

times = st.lists(st.tuples(st.floats(0, 3), st.integers(1, 8)), max_size=60)


def test_a_burst_of_ten_seconds_passes_and_no_more() -> None:
    limiter = RateLimiter(2, Arrivals())
    assert [limiter.take("a", 1, 0.0) for _ in range(21)] == [0] * 20 + [1]
    assert limiter.take("b", 20, 0.0) == 0


def test_waiting_as_long_as_it_says_is_enough() -> None:
    limiter = RateLimiter(0.5, Arrivals())
    assert limiter.take("a", 5, 100.0) == 0
    wait = limiter.take("a", 3, 100.0)
    assert (wait, limiter.take("a", 3, 100.0 + wait - 1)) == (6, 1)
    assert limiter.take("a", 3, 100.0 + wait) == 0


@given(times)
def test_never_more_than_a_burst_and_the_rate_is_granted(requests: list[tuple[float, int]]) -> None:
    limiter, now, granted = RateLimiter(2, Arrivals()), 0.0, 0
    for pause, units in requests:
        now += pause
        granted += units if limiter.take("a", units, now) == 0 else 0
    assert granted <= 2 * BURST_SECONDS + 2 * now + 1e-6


def test_a_refused_request_costs_nothing() -> None:
    limiter = RateLimiter(1, Arrivals())
    limiter.take("a", 8, 0.0)
    assert [limiter.take("a", 5, 0.0) for _ in range(3)] == [3, 3, 3]
    assert limiter.take("a", 2, 0.0) == 0


def test_a_request_larger_than_a_burst_passes_when_the_bucket_is_full() -> None:
    limiter = RateLimiter(1, Arrivals())
    assert limiter.take("a", 100, 0.0) == 0
    assert limiter.take("a", 1, 0.0) == 1
    assert limiter.take("a", 100, 5.0) == 5
    assert limiter.take("a", 100, 10.0) == 0


def test_a_rate_of_zero_is_no_limit() -> None:
    limiter = RateLimiter(0, Arrivals())
    assert {limiter.take("a", 10**9, 0.0) for _ in range(50)} == {0}


@given(times)
def test_the_bucket_of_a_connection_equals_that_of_a_limiter(
    requests: list[tuple[float, int]],
) -> None:
    bucket, limiter, now = Bucket(2), RateLimiter(2, Arrivals()), 0.0
    for pause, units in requests:
        now += pause
        assert bucket.take(units, now) == limiter.take("a", units, now)
