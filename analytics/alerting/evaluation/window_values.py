"""Computes the values of a rule from sums over windows, for many windows at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.evaluation.against_baseline import worse_by
from analytics.alerting.rules.formulas import counts_silence
from analytics.alerting.rules.rule import Rule
from analytics.baselines.by_hour import Reference
from analytics.query import formula as formulas
from analytics.query.arrays import Arrays, Floats
from analytics.query.formula import ACTIVE, Adding, Formula

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WindowValues:
    """Arrays of one shape. `value` is displayed and compared with the clear threshold, `fire_value`
    with the fire threshold: of a share the bound of its 95 % Wilson interval that is less likely
    to fire. NaN: no data. `sessions` are those behind the value, where they are counted; `least_by`
    is what the least number to judge is compared with. Compared with a baseline, `value` is how
    much worse than that is what was `measured`."""

    value: Floats
    fire_value: Floats
    n: Floats
    sessions: Floats | None = None
    measured: Floats | None = None

    @property
    def least_by(self) -> Floats:
        """The sessions, or n where they are not counted."""
        return self.n if self.sessions is None else self.sessions

    def verdicts(self, rule: Rule) -> tuple[Bools, Bools, Bools]:
        """(beyond the fire threshold, within the clear threshold, enough to judge)."""
        enough = (self.least_by >= rule.minimum_n) & ~np.isnan(self.value)
        if rule.direction == "above":
            return self.fire_value > rule.fire, self.value <= rule.clear_at, enough
        return self.fire_value < rule.fire, self.value >= rule.clear_at, enough


def latest_values(
    rule: Rule, formula: Formula, arrays: Arrays, reference: Reference | None = None
) -> WindowValues:
    """Each label set over the window that ends with the last step; shape (label sets,).
    `reference` is that of each step, for a rule with a baseline."""
    steps, last = steps_of(rule, arrays), None if reference is None else reference.last
    return _window_values(
        rule, formula, arrays, lambda series: series[:, -steps:].sum(axis=1), last
    )


def values_per_step(
    rule: Rule, formula: Formula, arrays: Arrays, reference: Reference | None = None
) -> WindowValues:
    """Each label set over the window that ends with each step; shape (label sets, steps)."""
    steps = steps_of(rule, arrays)
    return _window_values(rule, formula, arrays, lambda series: sliding(series, steps), reference)


def steps_of(rule: Rule, arrays: Arrays) -> int:
    """Number of steps of the window; at least 1, where a step is longer than the window."""
    return min(max(1, rule.window_seconds // arrays.grid.seconds), arrays.grid.steps)


def sliding(series: Floats, steps: int) -> Floats:
    """The sum over the window that ends with each step (axis 1); shorter ones at the start."""
    upto = np.cumsum(series, axis=1)
    upto[:, steps:] -= upto[:, :-steps].copy()
    return upto


def _window_values(
    rule: Rule, formula: Formula, arrays: Arrays, adding: Adding, reference: Reference | None
) -> WindowValues:
    values = formulas.values(formula, arrays, adding)
    is_above = rule.direction == "above"
    # Of those that fell silent none is active: n, the sessions that were heard, is what counts.
    has_sessions = ACTIVE in arrays.sums and not counts_silence(rule)
    sessions = adding(arrays.sums[ACTIVE]) if has_sessions else None
    if reference is not None:
        worse, at_least = worse_by(rule, formula, values, reference)
        return WindowValues(worse, at_least, values.n, sessions, values.value)
    return WindowValues(values.value, values.low if is_above else values.high, values.n, sessions)
