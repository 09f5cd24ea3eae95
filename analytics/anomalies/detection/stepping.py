"""The recursion over steps: expected values by short memory, residuals on both time scales."""

from dataclasses import dataclass, fields, replace

import numpy as np

from .bands import Bands, Memory
from .steps import Floats

LEVEL_HOURS = 3.0  # of the level before there is a usual hour
SHIFT_HOURS = 12.0  # of the deviation from the usual hour
SLOW_HOURS = 6.0  # of the sustained scale
LARGEST_PULL = 3.0  # spreads by which one step may pull the memory: a spike is no new level
LARGEST_SLOW_PULL = 4.0


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of steps, [S, T]: `expected` on the scale; `sudden`: value - expected, and `marginal`: value
    - usual - shift, both in units of `unit_sd`; `slow`: the sustained scale after each step;
    `run`: steps the value has not changed for; `is_learning`; `has_base`."""

    expected: Floats
    sudden: Floats
    marginal: Floats
    slow: Floats
    run: Floats
    age: Floats
    has_base: Floats


def stepped(
    bands: Bands, memory: Memory, timestamps: Floats, values: Floats, scaled: Floats,
    base: Floats, spread: Floats, unit: Floats, weight: Floats,
) -> tuple[Residuals, Memory]:  # fmt: skip
    """The residuals of T steps after `memory`, and the memory after them; `base` [S, T] is the
    usual hour or a forecast on the scale, NaN without; `spread` [S, T] of the sudden residual;
    `weight` [S, T] of a step in the memory, 0 to 1."""
    out = {name: np.empty_like(scaled) for name in (f.name for f in fields(Residuals))}
    gain = {h: 1.0 - np.exp(-bands.step_seconds / (h * 3600.0)) for h in (3.0, 12.0, 6.0)}
    carry = bands.carry
    widening = 1.0 / np.sqrt(1.0 - carry**2)
    level, shift, residual, slow = memory.level, memory.shift, memory.residual, memory.slow
    first, last, run, since = memory.first, memory.last, memory.run, memory.since
    for t in range(scaled.shape[1]):
        y, b, w = scaled[:, t], base[:, t], weight[:, t]
        is_real, has_base = np.isfinite(y), np.isfinite(b)
        level0 = np.where(np.isfinite(level), level, y)
        center = np.where(has_base, b + shift, level0)
        inherited = np.where(has_base, carry * residual, 0.0)
        marginal = y - center
        sd = spread[:, t] * unit[:, t]
        wide = sd * widening
        cut = np.clip(marginal, -LARGEST_PULL * wide, LARGEST_PULL * wide)
        pull = np.where(is_real, w * cut, 0.0)
        shift = shift + np.where(has_base, gain[SHIFT_HOURS] * pull, 0.0)
        level = np.where(is_real, level0 + gain[LEVEL_HOURS] * w * (y - level0), level)
        residual = np.where(is_real, cut, carry * residual)
        steady = np.clip(marginal / wide, -LARGEST_SLOW_PULL, LARGEST_SLOW_PULL)
        slow = np.where(is_real, slow + gain[SLOW_HOURS] * w * (steady - slow), slow)
        first = np.where(np.isnan(first) & is_real, timestamps[t], first)
        run = np.where(is_real, np.where(values[:, t] == last, run + 1, 1.0), run)
        last = np.where(is_real, values[:, t], last)
        since = since + (is_real & has_base)
        out["expected"][:, t] = center + inherited
        out["sudden"][:, t] = (marginal - inherited) / unit[:, t]
        out["marginal"][:, t] = marginal / unit[:, t]
        out["slow"][:, t] = slow
        out["run"][:, t] = run
        out["age"][:, t] = timestamps[t] - first
        out["has_base"][:, t] = has_base
    after = replace(
        memory, level=level, shift=shift, residual=residual, slow=slow, first=first, last=last,
        run=run, since=since,
    )  # fmt: skip
    return Residuals(**out), after
