"""The recursion over steps: expected values by short memory, residuals on both time scales."""

from dataclasses import dataclass, fields, replace

import numpy as np

from .bands import Bands, Memory
from .steps import Floats

LEVEL_HOURS = 3.0  # of the level before there is a usual hour
SHIFT_HOURS = 12.0  # of the deviation from the usual hour
ANCHOR_HOURS = 120.0  # of the deviation that is returned to after an incident
SLOW_HOURS = 6.0  # of the sustained scale
RECENT_HOURS = 1.0  # within which a sustained deviation must still be there
LARGEST_PULL = 3.0  # spreads by which one step may pull the memory: a spike is no new level
LARGEST_SLOW_PULL = 4.0
DOUBLING_HOURS = 3.0  # beyond that pull, after which it may be twice as large: a new level is one


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of steps, [S, T]: `expected` on the scale; `sudden`: value - expected, and `marginal`: value
    - usual - shift, both in units of `unit_sd`; `slow`: the sustained scale after each step;
    `run`: steps the value has not changed for; `is_learning`; `has_base`."""

    expected: Floats
    sudden: Floats
    marginal: Floats
    slow: Floats
    still: Floats
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
    gain = {
        h: 1.0 - np.exp(-bands.step_seconds / (h * 3600.0))
        for h in (1.0, 3.0, SHIFT_HOURS, ANCHOR_HOURS, 6.0)
    }
    carry, outside, recent = bands.carry, memory.outside, memory.recent
    anchor = memory.anchor
    doubling = DOUBLING_HOURS * 3600.0 / bands.step_seconds
    widening = 1.0 / np.sqrt(1.0 - carry**2)
    level, shift, residual, slow = memory.level, memory.shift, memory.residual, memory.slow
    first, last, run, since = memory.first, memory.last, memory.run, memory.since
    reference = bands.usual.mean(axis=2) @ np.array([5.0, 2.0]) / 7.0
    moved = np.nan_to_num(memory.reference - reference)
    shift, anchor = shift + moved, anchor + moved
    for t in range(scaled.shape[1]):
        y, b, w = scaled[:, t], base[:, t], weight[:, t]
        is_real, has_base = np.isfinite(y), np.isfinite(b)
        level0 = np.where(np.isfinite(level), level, y)
        is_back = np.abs(y - b - anchor) < np.abs(y - b - shift)
        center = np.where(has_base, b + np.where(is_back, anchor, shift), level0)
        inherited = np.where(has_base, carry * residual, 0.0)
        marginal = y - center
        sd = spread[:, t] * unit[:, t]
        wide = sd * widening
        limit = LARGEST_PULL * wide * np.exp2(np.minimum(outside / doubling, 16.0))
        cut = np.clip(marginal, -limit, limit)
        pull = np.where(is_real, w * cut, 0.0)
        shift = np.where(
            is_back,
            shift + gain[RECENT_HOURS] * w * (anchor - shift),
            shift + gain[SHIFT_HOURS] * np.where(has_base, pull, 0.0),
        )
        from_anchor = np.clip(y - b - anchor, -LARGEST_PULL * wide, LARGEST_PULL * wide)
        anchor = anchor + np.where(is_real & has_base, gain[ANCHOR_HOURS] * w * from_anchor, 0.0)
        level = np.where(is_real, level0 + gain[LEVEL_HOURS] * w * (y - level0), level)
        residual = np.where(is_real, cut, carry * residual)
        steady = np.clip(marginal / wide, -LARGEST_SLOW_PULL, LARGEST_SLOW_PULL)
        slow = np.where(is_real, slow + gain[SLOW_HOURS] * w * (steady - slow), slow)
        is_outside = np.abs(marginal) > LARGEST_PULL * wide
        outside = np.where(is_real, np.where(is_outside, outside + 1, outside // 2), outside)
        first = np.where(np.isnan(first) & is_real, timestamps[t], first)
        run = np.where(is_real, np.where(values[:, t] == last, run + 1, 1.0), run)
        last = np.where(is_real, values[:, t], last)
        since = since + (is_real & has_base)
        out["expected"][:, t] = center + inherited
        out["sudden"][:, t] = (marginal - inherited) / unit[:, t]
        out["marginal"][:, t] = marginal / unit[:, t]
        recent = np.where(is_real, recent + gain[RECENT_HOURS] * w * (steady - recent), recent)
        out["slow"][:, t] = slow
        out["still"][:, t] = np.where(
            slow * recent > 0, np.minimum(np.abs(slow), np.abs(recent)), 0.0
        ) * np.sign(slow)
        out["run"][:, t] = run
        out["age"][:, t] = timestamps[t] - first
        out["has_base"][:, t] = has_base
    after = replace(
        memory, level=level, shift=shift, residual=residual, slow=slow, first=first, last=last,
        run=run, since=since, outside=outside, recent=recent, anchor=anchor, reference=reference,
    )  # fmt: skip
    return Residuals(**out), after
