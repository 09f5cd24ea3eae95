"""Severity of a step or an incident by rho, the deviation in widths of its band, and the steps of
an incident that tell something new: its begin, and where it becomes more severe."""

from enum import StrEnum

import numpy as np

from .steps import Floats, Ints

LOW, MEDIUM, HIGH = 1.05, 1.5, 2.5  # the least rho of each
JOINED_SECONDS = 12 * 3600  # steps beyond the band at most so far apart are one incident
BEYOND = 0.5  # the score of rho = 1
LEVELS = np.array([rho / (1.0 + rho) for rho in (LOW, MEDIUM, HIGH)])


class Severity(StrEnum):
    """How far outside its band the largest deviation was."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


LIMITS = {Severity.HIGH: HIGH, Severity.MEDIUM: MEDIUM, Severity.LOW: LOW}


def severity(rho: float) -> Severity | None:
    """The severity of `rho`; none below 1.05 and for NaN."""
    return next((name for name, least in LIMITS.items() if rho >= least), None)


def onsets(times: Ints, scores: Floats) -> Floats:
    """`scores` [n] with 0 for each step beyond the band that only goes on what began before.

    Whoever alerts on scores hears of an incident once, and again when its severity rises; to score
    each of its steps would count one event as often as it has steps. Depends on the past alone.
    """
    reported = scores.copy()
    last, level = -np.inf, -1
    for i in np.flatnonzero(scores > BEYOND).tolist():
        if times[i] - last > JOINED_SECONDS:
            level = -1
        reached = int(np.searchsorted(LEVELS, scores[i], side="right"))
        if reached <= level:
            reported[i] = 0.0
        last, level = times[i], max(level, reached)
    return reported
