"""What a rule would have done in the past, and which threshold would have fired so many times.

The life cycle of `machine` over whole arrays at once: it begins to fire where the figures were
beyond the limit for long enough, ends where they were within it for long enough, and between two
such moments it keeps what the former one made of it. Without data nothing begins and nothing ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.evaluation.series_matrix import Floats
from analytics.alerting.evaluation.window_values import Bools, Measured
from analytics.alerting.rules.rule import Rule

CANDIDATES = 120
MOST_OF_THE_TIME = 0.5
DIGITS = 3
AT_A_TIME = 4_000_000  # thresholds x label sets x steps worked on at once


@dataclass(frozen=True, slots=True)
class Episode:
    """One time it would have fired: whose label set, and the first and last step of firing."""

    place: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The mildest threshold that would have fired at most `times`, and how often it would have."""

    times: int
    threshold: float
    fired: int


def episodes(rule: Rule, measured: Measured, step_seconds: int) -> list[Episode]:
    """Every time the rule would have fired, label set by label set; `measured` has the shape
    (label sets, steps)."""
    fires, clears, enough = measured.verdicts(rule)
    firing = firing_steps(rule, fires & enough, clears & enough, step_seconds)
    edges = np.diff(firing.astype(np.int8), axis=1, prepend=0, append=0)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [
        Episode(int(place), int(first), int(last) - 1)
        for (place, first), (_, last) in zip(begins, ends, strict=True)
    ]


def firing_steps(rule: Rule, fires: Bools, clears: Bools, step_seconds: int) -> Bools:
    """At which steps it fires, along the last axis."""
    begins = _lasting(fires, rule.for_seconds / step_seconds)
    ends = _lasting(clears, rule.keep_firing_seconds / step_seconds)
    steps = np.arange(fires.shape[-1])
    begun = np.maximum.accumulate(np.where(begins, steps, -1), axis=-1)
    ended = np.maximum.accumulate(np.where(ends, steps, -1), axis=-1)
    firing: Bools = begun > ended
    return firing


def suggest(
    rule: Rule, measured: Measured, step_seconds: int, times: Sequence[int]
) -> list[Suggestion]:
    """For each number of `times` the mildest threshold that would have fired at most that often.

    The thresholds of firing and clearing are as far apart as those of `rule`, in proportion. What
    would have fired most of the time, or never, is no suggestion.
    """
    thresholds = _candidates(rule, measured)
    if not len(thresholds):
        return []
    counts, shares = _times_fired(rule, measured, thresholds, step_seconds)
    found = []
    for most in times:
        over = np.nonzero((counts > most) | (shares > MOST_OF_THE_TIME))[0]
        place = (int(over[0]) if len(over) else len(counts)) - 1
        if place >= 0 and counts[place]:
            found.append(Suggestion(most, float(thresholds[place]), int(counts[place])))
    return found


def _lasting(marked: Bools, steps: float) -> Bools:
    """Where `marked` holds, and has held without a break for at least `steps` steps before."""
    places = np.arange(marked.shape[-1])
    broken = np.maximum.accumulate(np.where(marked, -1, places), axis=-1)
    lasting: Bools = marked & (places - broken - 1 >= steps)
    return lasting


def _candidates(rule: Rule, measured: Measured) -> Floats:
    """Thresholds worth trying, from the one that hardly fires to milder ones."""
    enough = (measured.n >= rule.minimum_n) & ~np.isnan(measured.surest)
    values = measured.surest[enough]
    if not len(values):
        return values
    is_up = rule.direction == "above"
    tail = np.linspace(0.0, 1.0, CANDIDATES) ** 4 / 2  # closer together the rarer they are
    spread = np.quantile(values, 1 - tail if is_up else tail)
    rounded = {_rounded(float(value), up=is_up) for value in spread}
    return np.array(sorted(rounded, reverse=is_up))


def _times_fired(
    rule: Rule, measured: Measured, thresholds: Floats, step_seconds: int
) -> tuple[NDArray[np.int64], Floats]:
    """How often each threshold would have fired, and in which share of the steps it was firing."""
    size = max(1, AT_A_TIME // max(1, measured.value.size))
    parts = [
        _fired(rule, measured, thresholds[at : at + size], step_seconds)
        for at in range(0, len(thresholds), size)
    ]
    return np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])


def _fired(
    rule: Rule, measured: Measured, thresholds: Floats, step_seconds: int
) -> tuple[NDArray[np.int64], Floats]:
    limits = thresholds[:, np.newaxis, np.newaxis]
    clear_limits = limits * (rule.clear_at / rule.fire) if rule.fire else limits
    enough = (measured.n >= rule.minimum_n) & ~np.isnan(measured.value)
    if rule.direction == "above":
        fires, clears = measured.surest > limits, measured.value <= clear_limits
    else:
        fires, clears = measured.surest < limits, measured.value >= clear_limits
    firing = firing_steps(rule, fires & enough, clears & enough, step_seconds)
    begins = np.diff(firing.astype(np.int8), axis=-1, prepend=0) == 1
    share: Floats = firing.sum(axis=(1, 2)) / max(1, int(enough.sum()))
    return begins.sum(axis=(1, 2), dtype=np.int64), share


def _rounded(value: float, *, up: bool) -> float:
    """To three digits, away from what would fire more often."""
    if value == 0 or not np.isfinite(value):
        return value
    unit = 10.0 ** (floor(log10(abs(value))) - DIGITS + 1)
    steps = np.ceil(value / unit - 1e-9) if up else np.floor(value / unit + 1e-9)
    return float(round(float(steps) * unit, 12))
