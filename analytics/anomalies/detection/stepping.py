"""The recursion over steps: expected values by short memory, residuals on both time scales."""

from dataclasses import asdict, dataclass, fields

import numpy as np

from .bands import Bands, Memory
from .steps import Floats, Mask

LEVEL_HOURS = 3.0  # of the level before there is a usual hour
SHIFT_HOURS = 12.0  # of the deviation from the usual hour
ANCHOR_HOURS = 120.0  # of the deviation that values return to after an incident
SLOW_HOURS = 3.0  # of the sustained scale
RECENT_HOURS = 1.0  # within which a sustained deviation must still be there
LARGEST_PULL = 3.0  # spreads by which one step may pull the memory: a spike is no new level
LARGEST_SLOW_PULL = 4.0
DOUBLING_HOURS = 2.0  # beyond that pull, after which it may be twice as large: a new level is one
MOST_DOUBLINGS, MOST_HASTE = 16.0, 8.0  # of the pull, and how much faster the shift may follow
WEEK = np.array([5.0, 2.0]) / 7.0  # working days and days off


@dataclass(frozen=True, slots=True)
class Inputs:
    """Of T steps, [S, T]: `scaled` values; `base`, the usual hour or a forecast, NaN without; both
    on the scale of the kind; `spread` of the sudden residual in `unit`s; `weight` of a step in the
    memory, 0 to 1. `timestamps` [T]."""

    timestamps: Floats
    values: Floats
    scaled: Floats
    base: Floats
    spread: Floats
    unit: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Residuals:
    """Of steps, [S, T]: `expected` on the scale; `marginal`: value - usual - the recent deviation
    from it, or the long one where that is nearer and near; `home`: value - usual - the long one;
    `sudden`: what the step adds to what it inherited, 0 if it leads back home; these in `unit`s;
    `slow`: the sustained deviation in spreads; `run`: steps of one value; `age` of the series in
    seconds, NaN before its first value; `has_base`, 0 or 1."""

    expected: Floats
    sudden: Floats
    marginal: Floats
    home: Floats
    slow: Floats
    run: Floats
    age: Floats
    has_base: Floats


def stepped(bands: Bands, memory: Memory, inputs: Inputs) -> tuple[Residuals, Memory]:
    """The residuals of the steps after `memory`, and the memory after them."""
    recursion = _Recursion(bands, memory)
    out = {field.name: np.empty_like(inputs.scaled) for field in fields(Residuals)}
    for t in range(inputs.scaled.shape[1]):
        for name, column in recursion.advance(inputs, t).items():
            out[name][:, t] = column
    return Residuals(**out), recursion.memory()


def nearer(a: Floats, b: Floats) -> Floats:
    """The smaller of two deviations; 0 if they point apart."""
    return np.where(a * b > 0, np.where(np.abs(a) < np.abs(b), a, b), 0.0)


class _Recursion:
    """The state of `Memory`, by the same names, step by step."""

    def __init__(self, bands: Bands, memory: Memory) -> None:
        self._hours = bands.step_seconds / 3600.0
        self._carry = bands.carry
        self._widening = 1.0 / np.sqrt(1.0 - bands.carry**2)
        self._state = asdict(memory)
        reference = bands.usual.mean(axis=2) @ WEEK
        moved = np.nan_to_num(memory.reference - reference)  # the same level by another usual hour
        self._state |= {
            "shift": memory.shift + moved, "anchor": memory.anchor + moved, "reference": reference,
        }  # fmt: skip

    def memory(self) -> Memory:
        """The memory after the steps so far."""
        return Memory(**self._state)

    def advance(self, inputs: Inputs, t: int) -> dict[str, Floats]:
        """The residuals of step `t`."""
        state = self._state
        y, b, unit = inputs.scaled[:, t], inputs.base[:, t], inputs.unit[:, t]
        is_real, has_base = np.isfinite(y), np.isfinite(b)
        level = np.where(np.isfinite(state["level"]), state["level"], y)
        home = y - np.where(has_base, b + state["anchor"], level)
        away = y - np.where(has_base, b + state["shift"], level)
        wide = inputs.spread[:, t] * unit * self._widening
        is_back = np.abs(home) < np.minimum(np.abs(away), LARGEST_PULL * wide)
        marginal = np.where(is_back, home, away)
        inherited = np.where(has_base, self._carry * state["residual"], 0.0)
        weight = np.where(is_real, inputs.weight[:, t], 0.0)
        state["level"] = np.where(
            is_real, level + self._gain(LEVEL_HOURS) * weight * (y - level), state["level"]
        )
        self._average(is_real * 1.0, _steady(marginal / wide), _steady(home / wide))
        self._remember(weight * has_base, home, marginal, is_back, wide)
        self._count(inputs.values[:, t], inputs.timestamps[t], is_real)
        slow = nearer(nearer(state["slow"], state["recent"]), state["recent_home"])
        return {
            "expected": y - marginal + inherited if is_real.all() else np.where(
                is_real, y - marginal + inherited,
                np.where(has_base, b + state["shift"], level) + inherited,
            ),
            "sudden": nearer(marginal - inherited, home) / unit,
            "marginal": marginal / unit, "home": home / unit, "slow": slow,
            "run": state["run"], "age": inputs.timestamps[t] - state["first"],
            "has_base": has_base.astype(np.float64),
        }  # fmt: skip

    def _gain(self, hours: float) -> float:
        return float(1.0 - np.exp(-self._hours / hours))

    def _average(self, weight: Floats, steady: Floats, steady_home: Floats) -> None:
        for name, hours, value in (
            ("recent", RECENT_HOURS, steady), ("slow", SLOW_HOURS, steady),
            ("recent_home", RECENT_HOURS, steady_home),
        ):  # fmt: skip
            before = self._state[name]
            self._state[name] = before + weight * self._gain(hours) * (value - before)

    def _remember(
        self, weight: Floats, home: Floats, marginal: Floats, is_back: Mask, wide: Floats
    ) -> None:
        state, limit = self._state, LARGEST_PULL * wide
        is_real = np.isfinite(marginal)
        haste = np.exp2(np.minimum(state["outside"] * self._hours / DOUBLING_HOURS, MOST_DOUBLINGS))
        near = np.nan_to_num(np.clip(marginal, -limit * haste, limit * haste))
        gain = 1.0 - (1.0 - self._gain(SHIFT_HOURS)) ** np.minimum(haste, MOST_HASTE)
        back = self._gain(RECENT_HOURS) * (state["anchor"] - state["shift"])
        state["shift"] = state["shift"] + weight * np.where(is_back, back, gain * near)
        pull = np.nan_to_num(np.clip(home, -limit, limit))
        state["anchor"] = state["anchor"] + weight * self._gain(ANCHOR_HOURS) * pull
        state["residual"] = np.where(is_real, near, self._carry * state["residual"])
        outside = np.where(np.abs(marginal) > limit, state["outside"] + 1, state["outside"] // 2)
        state["outside"] = np.where(is_real, outside, state["outside"])

    def _count(self, values: Floats, second: float, is_real: Mask) -> None:
        state = self._state
        run = np.where(values == state["last"], state["run"] + 1.0, 1.0)
        state["run"] = np.where(is_real, run, state["run"])
        state["first"] = np.where(np.isnan(state["first"]) & is_real, second, state["first"])
        state["last"] = np.where(is_real, values, state["last"])


def _steady(deviate: Floats) -> Floats:
    """Cut, so that a spike is no sustained deviation."""
    return np.clip(np.nan_to_num(deviate), -LARGEST_SLOW_PULL, LARGEST_SLOW_PULL)
