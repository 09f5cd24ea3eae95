"""Intervals over sessions hold the true figure as often as they promise.

Populations have 1 to 500 correlated samples a session, outages and sample rates of 0.1 to 1.
"""

from collections.abc import Sequence
from math import sqrt

import pytest

from analytics.reports.segments.figures import FIGURES
from scripts.bench.coverage.__main__ import SIZES
from scripts.bench.coverage.rounds import BESIDE_OTHERS, Tally, tally_of

LEAST, MOST = 0.93, 0.97
ERRORS = 3  # so many standard errors may a coverage be beyond
# Where outages are rare, sessions often meet none, and nothing tells how many errors they make.
LEAST_OF_ERRORS = 0.88
# Few bad sessions have few degrees of freedom, and wide intervals: too many of them hold the truth.
MOST_OF_FEW = 0.995
MOSTLY = 0.5  # of the rounds have an interval, else those that have one are a choice


def beyond(tally: Tally, sizes: Sequence[int], names: Sequence[str]) -> dict[str, float]:
    """The coverages that are not as promised."""
    wrong = {}
    for key in ((name, size) for name in names for size in sizes):
        if tally.intervals[key] < MOSTLY * tally.rounds[key]:
            continue
        share, (name, size) = tally.coverage(key)[0], key
        error = sqrt(LEAST * (1 - LEAST) / tally.intervals[key])
        least = LEAST_OF_ERRORS if name == "error_rate" else LEAST
        most = MOST if size >= 1_000 and not name.startswith(BESIDE_OTHERS) else MOST_OF_FEW
        if not least - ERRORS * error <= share <= most + ERRORS * error:
            wrong[f"{name} of {size}"] = share
    return wrong


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_intervals_cover_as_promised() -> None:
    tally = tally_of(20_260, 30, 20, SIZES)
    assert beyond(tally, SIZES, [*FIGURES, *(BESIDE_OTHERS + key for key in FIGURES)]) == {}
    assert tally.intervals["latency_p99_ms", 200] == 0
    assert tally.intervals["latency_p99_ms", 5_000] > 500


def test_some_rounds_cover() -> None:
    sizes = (60, 500)
    tally = tally_of(7, 4, 8, sizes, sessions=1_000)
    assert beyond(tally, sizes, [*FIGURES]) == {}
    assert tally.intervals["latency_p95_ms", 60] == 0
    assert tally.intervals["latency_p95_ms", 500] > 8
