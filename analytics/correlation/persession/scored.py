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

    def centred(self, strata: Ints, by_stratum: "StratumSums") -> "Scored":
        """Scores less the mean of their stratum, over those that measure the side."""
        u_means, v_means = by_stratum.means()
        return Scored(
            _centred(self.u, self.x_measured, u_means, strata),
            _centred(self.v, self.y_measured, v_means, strata),
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


def _centred(values: Singles, measured: Singles, means: Sequence[Singles], strata: Ints) -> Singles:
    result = np.empty_like(values)
    for row, (each, valid, mean) in enumerate(zip(values, measured, means, strict=True)):
        np.multiply(each - mean[strata], valid, out=result[row])
    return result


class StratumSums:
    """Sums by stratum over the sessions that measure both sides of a pair, each [strata]; what
    pairs with the same missing sessions share is read once. `strata` [S] has no gaps. `order` is
    that of sessions by stratum, in their own order within it."""

    def __init__(self, of: Scored, strata: Ints) -> None:
        counts = np.bincount(strata)
        narrow = strata.astype(np.uint16) if len(counts) <= NARROW else strata
        self.order = np.argsort(narrow, kind="stable")
        self._starts = np.cumsum(counts) - counts
        self.first_session = self.order[self._starts]
        self._u, self._v = ([row[self.order] for row in side] for side in (of.u, of.v))
        self._x, self._y = (_Masks(side, self.order) for side in (of.x_measured, of.y_measured))
        self._sums: dict[tuple[str, int, int], Floats] = {}

    def n(self, x: int, y: int) -> Floats:
        """How many sessions."""
        return self._sum(("n", self._x.number[x], self._y.number[y]), self._x.of(x), self._y.of(y))

    def u(self, x: int, y: int) -> Floats:
        """Sums of the scores of x."""
        return self._sum(("u", x, self._y.number[y]), self._u[x], self._y.of(y))

    def v(self, x: int, y: int) -> Floats:
        """Sums of the scores of y."""
        return self._sum(("v", y, self._x.number[x]), self._v[y], self._x.of(x))

    def means(self) -> tuple[list[Singles], list[Singles]]:
        """Of each metric of both sides, the mean score of those that measure it, [strata]."""
        return self._means(self._u, self._x), self._means(self._v, self._y)

    def _means(self, scores: Sequence[Singles], masks: "_Masks") -> list[Singles]:
        counts = {
            number: np.maximum(np.add.reduceat(self._ones(masks.of(row)), self._starts), 1.0)
            for row, number in enumerate(masks.number)
        }
        return [
            np.divide(np.add.reduceat(each, self._starts), counts[number], dtype=np.float32)
            for each, number in zip(scores, masks.number, strict=True)
        ]

    def _sum(
        self, key: tuple[str, int, int], first: Singles | None, second: Singles | None
    ) -> Floats:
        """`None` is 1 for all sessions."""
        if key not in self._sums:
            both = [each for each in (first, second) if each is not None]
            values = both[0] * both[1] if len(both) == 2 else self._ones(*both)
            self._sums[key] = np.add.reduceat(values, self._starts).astype(np.float64)
        return self._sums[key]

    def _ones(self, values: Singles | None = None) -> Singles:
        """`None` as an array."""
        return np.ones(len(self.order), dtype=np.float32) if values is None else values


class _Masks:
    """Which sessions measure each metric of a side, in the order of strata; `number` is equal for
    metrics that the same sessions have."""

    def __init__(self, measured: Singles, order: Ints) -> None:
        patterns = [np.packbits(row > 0).tobytes() for row in measured]
        numbers = {pattern: number for number, pattern in enumerate(dict.fromkeys(patterns))}
        self.number = [numbers[pattern] for pattern in patterns]
        self._masks: dict[int, Singles | None] = {
            number: None if measured[row].all() else measured[row][order]
            for row, number in enumerate(self.number)
            if self.number.index(number) == row
        }

    def of(self, metric: int) -> Singles | None:
        """0 or 1 of each session; `None` where all do."""
        return self._masks[self.number[metric]]
