"""The rates' table: shared by processes, bounded, and what gives way when it is full."""

import os
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ingest.http.arrivals import WAYS, Arrivals, NodeArrivals
from ingest.http.rate_limit import BURST_SECONDS, RateLimiter

WORKERS, PER_SECOND = 4, 100


def granted_by_a_worker(limiter: RateLimiter, requests: int) -> int:
    return sum(limiter.take("192.0.2.1", 1, 50.0) == 0 for _ in range(requests))


def test_the_rate_holds_over_all_workers_of_a_node() -> None:
    limiter, burst = RateLimiter("sender", PER_SECOND, Arrivals()), PER_SECOND * BURST_SECONDS
    pipes = [os.pipe() for _ in range(WORKERS)]
    for _, write in pipes:
        if os.fork() == 0:
            os.write(write, str(granted_by_a_worker(limiter, burst)).encode())
            os._exit(0)
    granted = sum(int(os.read(read, 100)) for read, _ in pipes)
    for _ in pipes:
        os.wait()
    assert burst <= granted <= 1.2 * burst


def test_workers_share_what_their_master_made() -> None:
    node = NodeArrivals()
    assert node.table() is not node.table()
    node.share()
    assert node.table() is node.table()


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(1, 1e6)), max_size=200))
def test_a_full_set_gives_way_at_its_fullest_bucket(writes: list[tuple[int, float]]) -> None:
    arrivals, model = Arrivals(slots=WAYS), dict[int, float]()
    for key, full_at in writes:
        if key not in model and len(model) == WAYS:
            del model[min(model, key=model.__getitem__)]
        model[key] = full_at
        arrivals.write(arrivals.slot(str(key)), full_at)
    stored = {key: arrivals.slot(str(key)).full_at for key in range(41)}
    assert Counter(at for at in stored.values() if at) == Counter(model.values())
    assert all(stored[key] == full_at for key, full_at in model.items())
