import msgspec
import numpy as np
import pytest

from analytics.load_tests.comparison import Difference, compared
from tests.support.load_reports import PLAN, report


def trips(seed: int, factor: float = 1.0) -> list[list[float]]:
    """32 windows of noisy round trips, whose level drifts."""
    generator = np.random.default_rng(seed)
    levels = 20 * factor * np.exp(0.1 * np.sin(np.arange(32) / 5))
    return [list(level * generator.lognormal(0, 0.5, 200)) for level in levels]


def row(rows: list[Difference], name: str) -> Difference:
    return next(each for each in rows if each.name == name)


def test_two_runs_alike_do_not_differ() -> None:
    p95 = row(compared(report(trips=trips(1)), report(trips=trips(2))), "Round trip p95")
    assert p95.low is not None
    assert p95.high is not None
    assert p95.low <= 0 <= p95.high
    assert p95.is_worse is None


def test_a_slower_run_is_worse_and_a_faster_run_better() -> None:
    slow, fast = report(trips=trips(1, 1.6)), report(trips=trips(2))
    assert row(compared(slow, fast), "Round trip p95").is_worse is True
    assert row(compared(fast, slow), "Round trip p99").is_worse is False


def test_too_few_windows_have_no_interval() -> None:
    short = report(trips=trips(1)[:6])
    assert row(compared(short, short), "Round trip p95").low is None


def test_runs_of_other_plans_are_not_compared() -> None:
    other = report(plan=msgspec.structs.replace(PLAN, rate=5.0))
    with pytest.raises(ValueError, match="did not do the same"):
        compared(report(), other)
