"""The run of steps in which bad events were more frequent than usual."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.insight.excess import Counts, run_of, worst_run

STEPS = 24
N = 1000.0


def counts(bad: list[float], bad_before: list[float] | None = None) -> Counts:
    """A thousand events a step, fifty of them bad unless passed otherwise."""
    of_all = np.full(STEPS, N)
    before = np.array(bad_before or [50.0] * STEPS)
    return Counts(np.array(bad), of_all, np.full(STEPS, 100.0), before, of_all)


@given(st.integers(0, STEPS - 1), st.integers(1, STEPS), st.floats(3, 15))
def test_a_planted_run_is_identified_to_the_step(first: int, length: int, times: float) -> None:
    last = min(first + length, STEPS) - 1
    bad = [50.0 * times if first <= step <= last else 50.0 for step in range(STEPS)]
    run = worst_run(counts(bad))
    assert (run.first, run.last) == (first, last)
    assert run.is_unusual
    assert abs(run.ratio / times - 1) < 0.01


@given(st.lists(st.floats(35, 65), min_size=STEPS, max_size=STEPS))
def test_what_varies_as_usual_is_not_unusual(bad: list[float]) -> None:
    assert not worst_run(counts(bad)).is_unusual


def test_what_was_the_same_at_that_time_before_is_usual() -> None:
    nightly = [300.0] * 6 + [50.0] * 18
    assert not worst_run(counts(nightly, nightly)).is_unusual


def test_a_short_calm_does_not_end_a_run() -> None:
    bad = [50.0] * 8 + [400.0, 400.0, 50.0, 400.0] + [50.0] * 12
    run = worst_run(counts(bad))
    assert (run.first, run.last) == (8, 11)


def test_the_others_are_what_remains_without_a_part() -> None:
    part = counts([0.0] * 12 + [200.0] * 12, [1.0] * STEPS)
    everything = counts([50.0] * 12 + [250.0] * 12, [51.0] * STEPS)
    others = everything.minus(part)
    assert run_of(others, 12, 23).bad == 600
    assert others.bad_before.sum() == 50 * STEPS


def test_without_a_period_before_nothing_is_unusual() -> None:
    none = np.zeros(STEPS)
    empty = Counts(np.full(STEPS, 50.0), np.full(STEPS, N), np.full(STEPS, 100.0), none, none)
    assert not worst_run(empty).is_unusual
    assert worst_run(empty).overlaps(run_of(empty, 0, STEPS - 1))
