"""Long arithmetic in a native thread of a gevent worker."""

import subprocess
import sys

from ingest.worker import native_thread
from settings import CHECKOUT

IN_A_WORKER = """
from gevent import monkey
monkey.patch_all()
import gevent
from ingest.worker import native_thread

ticks = []
def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.001)

def task():
    seen = len(ticks)
    for _ in range(1_000):
        total = sum(range(300_000))
        if len(ticks) > seen + 1:
            return total
    return "the loop stood still"

gevent.spawn(tick)
assert native_thread.run(task) == 44999850000, "the loop stood still"
try:
    native_thread.run(lambda: 1 // 0)
except ZeroDivisionError:
    print("raised", len(ticks) > 1)
"""


def test_outside_a_worker_a_task_runs_at_once() -> None:
    assert native_thread.run(lambda: "done") == "done"


def test_in_a_worker_the_loop_goes_on_and_faults_come_back() -> None:
    completed = subprocess.run(
        [sys.executable, "-P", "-c", IN_A_WORKER],
        cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert completed.stdout.split() == ["raised", "True"]
