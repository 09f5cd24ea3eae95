"""The steps a series may have, and the choice of the finest that keeps a chart readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from analytics.ranges.timerange import TimeRange

MOST_POINTS = 400  # more than a panel can show; finer percentiles are of too few values
ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)  # a Monday, so that weeks start on Mondays


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name in answers and its length in seconds. Steps are aligned to `ORIGIN`."""

    name: str
    seconds: int

    def points(self, window: TimeRange) -> int:
        """How many steps `window` overlaps; the first and the last may be cut by its ends."""
        first = (window.start - ORIGIN).total_seconds() // self.seconds
        last = -((ORIGIN - window.end).total_seconds() // self.seconds)
        return int(last - first)


@dataclass(frozen=True, slots=True)
class StepStart:
    """A step that has data, by its start."""

    t: datetime


LADDER = (
    Step("minute", 60),
    Step("5 minutes", 300),
    Step("15 minutes", 900),
    Step("hour", 3600),
    Step("3 hours", 10800),
    Step("6 hours", 21600),
    Step("day", 86400),
    Step("week", 604800),
    Step("4 weeks", 2419200),
)


SERVER_LADDER = (Step("5 seconds", 5), Step("15 seconds", 15), *LADDER)
# Up to a step longer than the longest range, so that any range fits into two points.
HISTORY_LADDER = (
    *SERVER_LADDER,
    *(Step(f"{weeks} weeks", weeks * 604_800) for weeks in (12, 52, 104, 208, 416, 832)),
)
LEAST_POINTS = 2


def step_for(window: TimeRange, ladder: Sequence[Step] = LADDER, least_seconds: float = 0) -> Step:
    """The finest step that cuts `window` into at most `MOST_POINTS` points.

    It is not shorter than `least_seconds` (within a tenth), the interval of the source.
    """
    fitting = [step for step in ladder if step.points(window) <= MOST_POINTS]
    return next((s for s in fitting if s.seconds * 1.1 >= least_seconds), fitting[-1])


def step_within(window: TimeRange, points: int, least_seconds: float = 0) -> Step:
    """The finest step that cuts `window` into at most `points` (2 or more) points, not shorter
    than `least_seconds`. Raises `ValueError` below 2 points."""
    if points < LEAST_POINTS:
        raise ValueError(f"a range has two ends: give at least {LEAST_POINTS} points")
    fitting = [step for step in HISTORY_LADDER if step.points(window) <= points]
    return next((s for s in fitting if s.seconds * 1.1 >= least_seconds), fitting[-1])
