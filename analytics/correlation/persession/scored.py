"""Sessions as scores of both sides, and what their strata sum up to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.persession.day_sums import DaySums, day_sums
from analytics.correlation.persession.scores import scores

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Singles = NDArray[np.float32]
NARROW = 1 << 16  # strata whose numbers are sorted by counting


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of x [X, S] and y [Y, S], 0 where not measured; measured as 0 or 1. Days begin at the
    sessions `first` [D + 1]."""

    u: Singles
    v: Singles
    x_measured: Singles
    y_measured: Singles
    first: Ints

    def day_sums(self) -> DaySums:
        """Of all sessions."""
        return day_sums(self.u, self.v, self.x_measured, self.y_measured, self.first)

    def centred(self, strata: Ints) -> "Scored":
        """Scores less the mean of their stratum, over those that measure the side."""
        return Scored(
            _centred(self.u, self.x_measured, strata),
            _centred(self.v, self.y_measured, strata),
            self.x_measured,
            self.y_measured,
            self.first,
        )


def scored(x: Sequence[Floats], y: Sequence[Floats], first: Ints) -> Scored:
    """From values of both sides, [S] each."""
    sides = [_side(each) for each in (x, y)]
    return Scored(sides[0][0], sides[1][0], sides[0][1], sides[1][1], first)


def _side(columns: Sequence[Floats]) -> tuple[Singles, Singles]:
    shape = (len(columns), len(columns[0]))
    values, measured = np.empty(shape, np.float32), np.empty(shape, np.float32)
    for row, column in enumerate(columns):
        values[row], measured[row] = scores(column)
    return values, measured


def _centred(values: Singles, measured: Singles, strata: Ints) -> Singles:
    result = np.empty_like(values)
    for row, (each, valid) in enumerate(zip(values, measured, strict=True)):
        n = np.maximum(np.bincount(strata, weights=valid), 1.0)
        mean = (np.bincount(strata, weights=each) / n).astype(np.float32)
        np.multiply(each - mean[strata], valid, out=result[row])
    return result


class StratumSums:
    """Sums by stratum over the sessions that measure both sides of a pair, each [strata]; what
    pairs with the same missing sessions share is read once. `strata` [S] has no gaps."""

    def __init__(self, of: Scored, strata: Ints) -> None:
        counts = np.bincount(strata)
        narrow = strata.astype(np.uint16) if len(counts) <= NARROW else strata
        order = np.argsort(narrow, kind="stable")
        self._starts = np.cumsum(counts) - counts
        self.first_session = order[self._starts]
        self._u, self._v, self._x, self._y = (
            [row[order] for row in side] for side in (of.u, of.v, of.x_measured, of.y_measured)
        )
        self._classes = [_classes(each) for each in (of.x_measured, of.y_measured)]
        self._sums: dict[tuple[str, int, int], Floats] = {}

    def n(self, x: int, y: int) -> Floats:
        """How many sessions."""
        return self._sum(("n", self._classes[0][x], self._classes[1][y]), self._x[x], self._y[y])

    def u(self, x: int, y: int) -> Floats:
        """Sums of the scores of x."""
        return self._sum(("u", x, self._classes[1][y]), self._u[x], self._y[y])

    def v(self, x: int, y: int) -> Floats:
        """Sums of the scores of y."""
        return self._sum(("v", y, self._classes[0][x]), self._v[y], self._x[x])

    def _sum(self, key: tuple[str, int, int], first: Singles, second: Singles) -> Floats:
        if key not in self._sums:
            sums = np.add.reduceat(first * second, self._starts)
            self._sums[key] = sums.astype(np.float64)
        return self._sums[key]


def _classes(measured: Singles) -> list[int]:
    """Numbers that are equal for measures which the same sessions have."""
    numbers: dict[bytes, int] = {}
    return [numbers.setdefault(np.packbits(row > 0).tobytes(), len(numbers)) for row in measured]
