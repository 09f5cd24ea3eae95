"""The rates' table: shared by processes, bounded, and what gives way when it is full."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.http.arrivals import WAYS, Arrivals
from ingest.http.node_memory import NodeMemory
from settings import CHECKOUT

# Four workers take of one bucket as fast as they can; prints how much they were granted.
WORKERS = """
import os
from ingest.http.arrivals import Arrivals
from ingest.http.rate_limit import RateLimiter

limiter, (read, write) = RateLimiter(100, Arrivals()), os.pipe()
for _ in range(4):
    if os.fork() == 0:
        granted = sum(limiter.take("192.0.2.1", 1, 50.0) == 0 for _ in range(2000))
        os.write(write, b"%d " % granted)
        os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
print(sum(map(int, os.read(read, 100).split())))
"""

# The module lives until the interpreter takes its names away, in their order.
ENDING = """
import sys
import ingest.http.arrivals as module

module.of_node.share(module.Arrivals())
sys.alive = module
"""

OPEN_FILES = Path("/proc/self/fd")


def full_at_instead(full_at: float) -> Callable[[float], tuple[float, float]]:
    """Replaces the instant at which a bucket is full; returns the one before."""
    return lambda before: (full_at, before)


def test_the_rate_holds_over_all_workers_of_a_node() -> None:
    command = [sys.executable, "-c", WORKERS]
    completed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert 1000 <= int(completed.stdout) <= 1200


def test_a_process_that_ends_with_its_table_says_nothing() -> None:
    command = [sys.executable, "-c", ENDING]
    completed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert completed.stderr == ""


def test_a_table_that_is_dropped_closes_its_file() -> None:
    before = len(list(OPEN_FILES.iterdir()))
    for _ in range(3):
        Arrivals(slots=WAYS)
    assert len(list(OPEN_FILES.iterdir())) == before


def test_workers_share_what_their_master_made() -> None:
    node = NodeMemory(Arrivals)
    assert node.table() is not node.table()
    node.share(Arrivals())
    assert node.table() is node.table()


def test_buckets_that_are_full_again_are_not_counted() -> None:
    arrivals = Arrivals()
    for number in range(3):
        arrivals.update(str(number), full_at_instead(number + 1.0))
    assert [arrivals.used(at) for at in (0.0, 2.0, 9.0)] == [3, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 1000)), max_size=200))
def test_a_full_set_gives_way_at_its_fullest_bucket(writes: list[tuple[int, int]]) -> None:
    arrivals, model = Arrivals(slots=WAYS), dict[str, float]()
    for position, (number, seconds) in enumerate(writes):
        key, full_at = str(number), seconds + position / 1000
        if key not in model and len(model) == WAYS:
            del model[min(model, key=model.__getitem__)]
        before = arrivals.update(key, full_at_instead(full_at))
        assert before == model.get(key, 0.0)
        model[key] = full_at
    for key, full_at in model.items():
        assert arrivals.update(key, lambda previous: (previous, previous)) == full_at
