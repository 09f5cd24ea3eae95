"""From sums over a window to the value a rule judges, for any number of windows at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.alerting.rules.formulas import Formula, How
from analytics.alerting.rules.rule import Rule
from analytics.stats.summaries import Z_95
from models.metrics.histogram import BUCKETS, MIDDLE_US

from .series_matrix import Floats, SeriesMatrix, last_window, sliding

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
Bools = NDArray[np.bool_]
Summing = Callable[[Floats, int], Floats]


@dataclass(frozen=True, slots=True)
class Measured:
    """Arrays of one shape. `value` is what is shown, `surest` what firing is judged by: of a share
    the end of its 95 % Wilson interval that is kindest to it. NaN: nothing to tell."""

    value: Floats
    surest: Floats
    n: Floats

    def verdicts(self, rule: Rule) -> tuple[Bools, Bools, Bools]:
        """(beyond the fire threshold, within the clear threshold, enough to judge)."""
        enough = (self.n >= rule.minimum_n) & ~np.isnan(self.value)
        if rule.direction == "above":
            return self.surest > rule.fire, self.value <= rule.clear_at, enough
        return self.surest < rule.fire, self.value >= rule.clear_at, enough


def at_the_end(rule: Rule, reading: Formula, cells: SeriesMatrix) -> Measured:
    """Each label set over the window that ends with the last step; shape (label sets,)."""
    return _measured(rule, reading, cells, last_window)


def at_each_step(rule: Rule, reading: Formula, cells: SeriesMatrix) -> Measured:
    """Each label set over the window that ends with each step; shape (label sets, steps)."""
    return _measured(rule, reading, cells, sliding)


def steps_of(rule: Rule, cells: SeriesMatrix) -> int:
    """How many steps the window has; at least one, where steps are longer than it."""
    return min(max(1, rule.window_seconds // cells.step_seconds), cells.steps)


def _measured(rule: Rule, reading: Formula, cells: SeriesMatrix, summing: Summing) -> Measured:
    steps = steps_of(rule, cells)
    if reading.durations is not None:
        n = summing(cells.counted[f"{reading.durations}_n"], steps)
        value = _quantile(summing(cells.histograms[reading.durations], steps), reading.share)
        return Measured(value, value, n)
    part, n = (
        _added([summing(columns[name], steps) for name in names])
        for columns, names in ((cells.weighted, reading.parts), (cells.counted, reading.n_of))
    )
    if reading.how is How.COUNT:
        return Measured(part, part, n)
    whole = _added([summing(cells.weighted[name], steps) for name in reading.whole])
    value = _divided(part, whole)
    if reading.how is How.SHARE:
        value = np.clip(value, 0.0, 1.0)
        low, high = wilson_bounds(value, n)
        return Measured(value, low if rule.direction == "above" else high, n)
    value *= {How.PER_HOUR: HOUR_MS, How.PER_MINUTE: MINUTE_MS}.get(reading.how, 1)
    return Measured(value, value, np.asarray(n))


def wilson_bounds(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The 95 % score interval of each share, as `stats.summaries.wilson` gives it for one."""
    z2 = Z_95 * Z_95
    trials = np.where(n > 0, n, np.nan)
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * np.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    half /= 1 + z2 / trials
    return (
        np.maximum(0.0, np.minimum(middle - half, share)),
        np.minimum(1.0, np.maximum(middle + half, share)),
    )


def _added(sums: Sequence[Floats]) -> Floats:
    whole: Floats = np.sum(sums, axis=0)
    return whole


def _divided(part: Floats, whole: Floats) -> Floats:
    value = np.full(part.shape, np.nan)
    np.divide(part, whole, out=value, where=whole > 0)
    return value


def _quantile(counts: Floats, share: float) -> Floats:
    """In ms, by nearest rank over the last axis."""
    whole = np.rint(counts)
    upto = np.cumsum(whole, axis=-1)
    total = upto[..., -1]
    rank = np.maximum(1, np.ceil(share * total))
    bucket = np.minimum((upto < rank[..., np.newaxis]).sum(axis=-1), BUCKETS - 1)
    return np.where(total > 0, np.round(MIDDLE_US[bucket] / 1000, 2), np.nan)
