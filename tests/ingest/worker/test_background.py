"""Loops run at their pace, survive their errors, log each kind once, and stop at once."""

import logging
import threading
from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import Any

import pytest

from ingest.worker.background import Loop, every

HOUR = 3600.0


class Steps:
    """A step that counts its runs, and raises the given errors in turn."""

    def __init__(self, *errors: Exception | None) -> None:
        self._errors = iter(errors)
        self.runs = 0
        self._ran = threading.Condition()

    def __call__(self) -> None:
        with self._ran:
            self.runs += 1
            self._ran.notify_all()
        error = next(self._errors, None)
        if error is not None:
            raise error

    def await_runs(self, count: int) -> None:
        with self._ran:
            assert self._ran.wait_for(lambda: self.runs >= count, 5)


Start = Callable[..., Loop]


@pytest.fixture
def start() -> Iterator[Start]:
    """As `every`; the loops are stopped after the test."""
    loops: list[Loop] = []

    def start_loop(seconds: float, step: Callable[[], object], **options: Any) -> Loop:
        loops.append(every(seconds, step, "some loop", **options))
        return loops[-1]

    yield start_loop
    for loop in loops:
        loop.stop(5)


def test_the_first_step_waits_an_interval_or_the_delay(start: Start) -> None:
    later, now = Steps(), Steps()
    start(HOUR, later)
    start(HOUR, now, delay=0)
    now.await_runs(1)
    assert later.runs == 0


def test_steps_repeat(start: Start) -> None:
    steps = Steps()
    start(0.001, steps)
    steps.await_runs(3)


def test_aligned_steps_run_at_multiples_of_the_interval(start: Start) -> None:
    offsets: list[float] = []
    ran = threading.Event()

    def step() -> None:
        offsets.append(time() % 0.05)
        ran.set()

    start(0.05, step, is_aligned=True)
    assert ran.wait(5)
    assert offsets[0] < 0.04


def test_errors_are_logged_once_per_kind_and_the_loop_goes_on(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    steps = Steps(
        ValueError("a"), ValueError("b"), KeyError("c"), ValueError("d"), None, KeyError()
    )
    start(0.001, steps)
    steps.await_runs(7)
    logged = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert logged == [ValueError, KeyError, KeyError]
    assert "some loop failed, going on" in caplog.text


def test_a_stop_wakes_it_at_once(start: Start) -> None:
    steps = Steps()
    loop = start(HOUR, steps)
    began = monotonic()
    loop.stop(5)
    assert (loop.is_running, steps.runs) == (False, 0)
    assert monotonic() - began < 4


def test_a_step_may_stop_its_own_loop(start: Start) -> None:
    loops: list[Loop] = []
    stopped = threading.Event()

    def step() -> None:
        loops[0].stop(5)
        stopped.set()

    loops.append(start(HOUR, lambda: None))
    loops[0].stop(5)
    loops[0] = start(0.01, step)
    assert stopped.wait(5)
