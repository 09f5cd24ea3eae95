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
MOST_HASTE = float(__import__('os').environ.get('MH','8'))
MOST_DOUBLINGS = 16.0
DOUBLING_HOURS = float(__import__('os').environ.get('DH','2'))  # beyond that pull, after which it may be twice as large: a new level is one


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of steps, [S, T]: `expected` on the scale; `sudden`: value - expected, and `marginal`: value
    - usual - shift, both in units of `unit_sd`; `slow`: the sustained scale after each step;
    `run`: steps the value has not changed for; `is_learning`; `has_base`."""

    expected: Floats
    sudden: Floats
    marginal: Floats
    home: Floats
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
    gain = {h: 1.0 - np.exp(-bands.step_seconds / (h * 3600.0)) for h in (1.0, 3.0, SHIFT_HOURS, ANCHOR_HOURS, 6.0)}
    carry, outside, recent = bands.carry, memory.outside, memory.recent.copy()
    recent_home = memory.recent_home.copy()
    anchor = memory.anchor
    doubling = DOUBLING_HOURS * 3600.0 / bands.step_seconds
    widening = 1.0 / np.sqrt(1.0 - carry**2)
    level, shift, residual, slow = memory.level, memory.shift, memory.residual, memory.slow.copy()
    first, last, run = memory.first, memory.last, memory.run
    reference = bands.usual.mean(axis=2) @ np.array([5.0, 2.0]) / 7.0
    moved = np.nan_to_num(memory.reference - reference)
    shift, anchor = shift + moved, anchor + moved
    for t in range(scaled.shape[1]):
        y, b, w = scaled[:, t], base[:, t], weight[:, t]
        is_real, has_base = np.isfinite(y), np.isfinite(b)
        level0 = np.where(np.isfinite(level), level, y)
        home = y - np.where(has_base, b + anchor, level0)
        away = y - np.where(has_base, b + shift, level0)
        is_back = np.abs(home) < np.abs(away)
        marginal = np.where(is_back, home, away)
        inherited = np.where(has_base, carry * residual, 0.0)
        wide = spread[:, t] * unit[:, t] * widening
        limit = LARGEST_PULL * wide
        haste = np.exp2(np.minimum(outside / doubling, MOST_DOUBLINGS))
        stretched = limit * haste
        cut = np.clip(marginal, -stretched, stretched)
        g = np.where(is_real, w, 0.0)
        steady = _steady(marginal / wide)
        recent += g * gain[RECENT_HOURS] * (steady - recent)
        slow += g * gain[SLOW_HOURS] * (steady - slow)
        recent_home += g * gain[RECENT_HOURS] * (_steady(home / wide) - recent_home)
        pulled = np.where(is_back, gain[RECENT_HOURS] * (anchor - shift), (1.0 - (1.0 - gain[SHIFT_HOURS]) ** np.minimum(haste, MOST_HASTE)) * cut)
        shift += np.where(has_base & is_real, w * pulled, 0.0)
        anchor += np.where(
            is_real & has_base, gain[ANCHOR_HOURS] * w * np.clip(home, -limit, limit), 0.0
        )
        level = np.where(is_real, level0 + gain[LEVEL_HOURS] * w * (y - level0), level)
        residual = np.where(is_real, cut, carry * residual)
        is_outside = np.abs(marginal) > limit
        outside = np.where(is_real, np.where(is_outside, outside + 1, outside // 2), outside)
        first = np.where(np.isnan(first) & is_real, timestamps[t], first)
        run = np.where(is_real, np.where(values[:, t] == last, run + 1, 1.0), run)
        last = np.where(is_real, values[:, t], last)
        out["expected"][:, t] = y - marginal + inherited
        out["marginal"][:, t] = marginal / unit[:, t]
        out["home"][:, t] = home / unit[:, t]
        out["sudden"][:, t] = nearer(marginal - inherited, home) / unit[:, t]
        out["slow"][:, t] = nearer(nearer(slow, recent), recent_home)
        out["run"][:, t] = run
        out["age"][:, t] = timestamps[t] - first
        out["has_base"][:, t] = has_base
    after = replace(
        memory, level=level, shift=shift, residual=residual, slow=slow, first=first, last=last,
        run=run, outside=outside, recent=recent, anchor=anchor, recent_home=recent_home, reference=reference,
    )  # fmt: skip
    return Residuals(**out), after


def nearer(a: Floats, b: Floats) -> Floats:
    """The smaller of two deviations; 0 if they point apart."""
    return np.where(a * b > 0, np.where(np.abs(a) < np.abs(b), a, b), 0.0)


def _steady(deviate: Floats) -> Floats:
    """Cut, so that a spike is no sustained deviation."""
    return np.clip(np.nan_to_num(deviate), -LARGEST_SLOW_PULL, LARGEST_SLOW_PULL)
