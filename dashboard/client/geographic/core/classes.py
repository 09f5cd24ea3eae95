"""The classes of a map: a few ranges of values with about as many countries each; pure.

Bounds are quantiles of the values drawn, rounded to what the legend says, so that a country's class
follows from the legend. The scale is made here because that of the chart library would be stretched
by values of codes that are not drawn.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, inf, log10

import numpy as np

MOST_CLASSES = 6
DEPTHS = 6  # --q1 to --q6
LARGEST_FALL = 0.999  # all that falls further counts as this
STEPS_OF_CHANGE = 3  # --d-3 to --d3, beside --d0


@dataclass(frozen=True, slots=True)
class Classes:
    """`bounds` ascend; a value equal to a bound belongs to the class above it. `colors` are design
    tokens, one more than the bounds."""

    bounds: tuple[float, ...]
    colors: tuple[str, ...]

    def number(self, value: float) -> int:
        """The number of a value's class, from 0."""
        return bisect_right(self.bounds, value)

    def color(self, value: float) -> str:
        """The token of a value's class."""
        return self.colors[self.number(value)]

    def counts(self, values: Iterable[float]) -> list[int]:
        """How many of the values are in each class."""
        numbers = Counter(self.number(value) for value in values)
        return [numbers[number] for number in range(len(self.colors))]


def of_values(values: Sequence[float], least_step: float, *, is_low_deep: bool = False) -> Classes:
    """At most six classes by quantile, none of them empty. `least_step` is the finest difference
    the legend can name; the deepest colour has the largest values, or the lowest."""
    bounds = _filled(values, _rounded(_quantiles(values), least_step))
    depths = _depths(len(bounds) + 1)
    colors = tuple(f"--q{depth}" for depth in (depths[::-1] if is_low_deep else depths))
    return Classes(bounds, colors)


def of_changes(
    changes: Sequence[float], least_step: float, *, is_relative: bool = False
) -> Classes:
    """Seven classes around no change, symmetrical: terciles of the sizes, of which the middle class
    has those below `least_step`. Of relative changes the opposite is what takes them back: of
    +100 % it is -50 %, as nothing falls by more than 100 %."""
    opposite = _taken_back if is_relative else float.__neg__
    least = -LARGEST_FALL if is_relative else -inf
    rises = [max(change, opposite(max(change, least))) for change in changes]
    sizes = [size for size in rises if size >= least_step]
    above = (
        _rounded([float(each) for each in np.quantile(sizes, (1 / 3, 2 / 3))], least_step)
        if sizes
        else []
    )
    positive = tuple(dict.fromkeys([least_step, *(each for each in above if each > least_step)]))
    depths = range(1, len(positive) + 1)
    colors = [f"--d{depth + STEPS_OF_CHANGE - len(positive)}" for depth in depths]
    negative = [f"--d-{token.removeprefix('--d')}" for token in reversed(colors)]
    # Just above the bound, so that a fall of exactly that size counts as its rise does.
    below = tuple(float(np.nextafter(opposite(each), np.inf)) for each in reversed(positive))
    return Classes((*below, *positive), (*negative, "--d0", *colors))


def _taken_back(change: float) -> float:
    return 1 / (1 + change) - 1


def _quantiles(values: Sequence[float]) -> list[float]:
    if not values:
        return []
    shares = [number / MOST_CLASSES for number in range(1, MOST_CLASSES)]
    return [float(each) for each in np.quantile(values, shares)]


def _rounded(bounds: Sequence[float], least_step: float) -> list[float]:
    """Rounded to a power of ten that tells neighbours apart, each once."""
    gaps = [high - low for low, high in pairwise(bounds) if high - low >= least_step]
    step = max(least_step, 10.0 ** floor(log10(min(gaps)))) if gaps else least_step
    decimals = max(0, -floor(log10(step)))
    return list(dict.fromkeys(round(round(each / step) * step, decimals) for each in bounds))


def _filled(values: Sequence[float], bounds: Sequence[float]) -> tuple[float, ...]:
    """The bounds that leave no class without values."""
    ordered = sorted(values)
    filled: list[float] = []
    below = 0
    for bound in bounds:
        position = bisect_left(ordered, bound)
        if below < position < len(ordered):
            filled.append(bound)
            below = position
    return tuple(filled)


def _depths(number: int) -> list[int]:
    if number == 1:
        return [DEPTHS // 2 + 1]
    return [1 + round(index * (DEPTHS - 1) / (number - 1)) for index in range(number)]
