"""Replays a rule on past values, and finds the thresholds that fire a given number of times.

The life cycle of `state_machine`, vectorised: a rule starts firing where values were beyond the
fire threshold for `for`, stops where they were within the clear threshold for `keep_firing_for`,
and keeps its state in between. Steps without data neither start nor stop it. There is no flapping.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.evaluation.window_values import Bools, WindowValues
from analytics.alerting.rules.rule import Rule
from analytics.query.arrays import Floats

CANDIDATES = 120
MOST_FIRING_SHARE = 0.5
DIGITS = 3
CHUNK_CELLS = 4_000_000  # thresholds x label sets x steps computed at once


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of firing: the row of its label set, and its first and last step."""

    row: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The mildest threshold that would have fired at most `times`, and how often it fired."""

    times: int
    threshold: float
    fired: int


def episodes(rule: Rule, window_values: WindowValues, step_seconds: int) -> list[Episode]:
    """All episodes of firing, by label set; `window_values` has the shape (label sets, steps)."""
    fires, clears, enough = window_values.verdicts(rule)
    firing = firing_steps(rule, fires & enough, clears & enough, step_seconds)
    edges = np.diff(firing.astype(np.int8), axis=1, prepend=0, append=0)
    begins, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [
        Episode(int(row), int(first), int(last) - 1)
        for (row, first), (_, last) in zip(begins, ends, strict=True)
    ]


def firing_steps(rule: Rule, fires: Bools, clears: Bools, step_seconds: int) -> Bools:
    """The steps at which the rule fires, along the last axis."""
    begins = _true_for(fires, rule.for_seconds / step_seconds)
    ends = _true_for(clears, rule.keep_firing_seconds / step_seconds)
    steps = np.arange(fires.shape[-1])
    begun = np.maximum.accumulate(np.where(begins, steps, -1), axis=-1)
    ended = np.maximum.accumulate(np.where(ends, steps, -1), axis=-1)
    firing: Bools = begun > ended
    return firing


def suggest(
    rule: Rule, window_values: WindowValues, step_seconds: int, times: Sequence[int]
) -> list[Suggestion]:
    """For each number of `times` the mildest threshold that would have fired at most that often.

    The clear threshold keeps its ratio to the fire threshold of `rule`. Thresholds that would have
    fired most of the time, or never, are left out.
    """
    thresholds = _candidates(rule, window_values)
    if not len(thresholds):
        return []
    counts, shares = _times_fired(rule, window_values, thresholds, step_seconds)
    suggestions = []
    for most in times:
        over = np.nonzero((counts > most) | (shares > MOST_FIRING_SHARE))[0]
        index = (int(over[0]) if len(over) else len(counts)) - 1
        if index >= 0 and counts[index]:
            suggestions.append(Suggestion(most, float(thresholds[index]), int(counts[index])))
    return suggestions


def _true_for(marked: Bools, steps: float) -> Bools:
    """Where `marked` is true and was for at least `steps` steps before, without a break."""
    step_numbers = np.arange(marked.shape[-1])
    broken = np.maximum.accumulate(np.where(marked, -1, step_numbers), axis=-1)
    lasting: Bools = marked & (step_numbers - broken - 1 >= steps)
    return lasting


def _candidates(rule: Rule, window_values: WindowValues) -> Floats:
    """Candidate thresholds, from the one that fires least to milder ones."""
    enough = (window_values.n >= rule.minimum_n) & ~np.isnan(window_values.fire_value)
    values = window_values.fire_value[enough]
    if not len(values):
        return values
    is_up = rule.direction == "above"
    tail = np.linspace(0.0, 1.0, CANDIDATES) ** 4 / 2  # denser towards the extremes
    spread = np.quantile(values, 1 - tail if is_up else tail)
    rounded = {_rounded(float(value), up=is_up) for value in spread}
    return np.array(sorted(rounded, reverse=is_up))


def _times_fired(
    rule: Rule, window_values: WindowValues, thresholds: Floats, step_seconds: int
) -> tuple[NDArray[np.int64], Floats]:
    """How often each threshold would have fired, and its share of steps spent firing."""
    size = max(1, CHUNK_CELLS // max(1, window_values.value.size))
    parts = [
        _firing_counts(rule, window_values, thresholds[at : at + size], step_seconds)
        for at in range(0, len(thresholds), size)
    ]
    counts, shares = zip(*parts, strict=True)
    return np.concatenate(counts), np.concatenate(shares)


def _firing_counts(
    rule: Rule, window_values: WindowValues, thresholds: Floats, step_seconds: int
) -> tuple[NDArray[np.int64], Floats]:
    limits = thresholds[:, np.newaxis, np.newaxis]
    clear_limits = limits * (rule.clear_at / rule.fire) if rule.fire else limits
    enough = (window_values.n >= rule.minimum_n) & ~np.isnan(window_values.value)
    if rule.direction == "above":
        fires, clears = window_values.fire_value > limits, window_values.value <= clear_limits
    else:
        fires, clears = window_values.fire_value < limits, window_values.value >= clear_limits
    firing = firing_steps(rule, fires & enough, clears & enough, step_seconds)
    begins = np.diff(firing.astype(np.int8), axis=-1, prepend=0) == 1
    share: Floats = firing.sum(axis=(1, 2)) / max(1, int(enough.sum()))
    return begins.sum(axis=(1, 2), dtype=np.int64), share


def _rounded(value: float, *, up: bool) -> float:
    """Rounded to three digits in the direction that fires less often."""
    if value == 0 or not np.isfinite(value):
        return value
    unit = 10.0 ** (floor(log10(abs(value))) - DIGITS + 1)
    steps = np.ceil(value / unit - 1e-9) if up else np.floor(value / unit + 1e-9)
    return float(round(float(steps) * unit, 12))
