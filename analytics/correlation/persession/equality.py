"""Whether all sessions and equal ones say the same, and which dimension explains it if not."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.persession.day_sums import DaySums
from analytics.correlation.persession.scored import StratumSums
from analytics.correlation.persession.within import within_groups
from analytics.correlation.results import Disagreement, Estimate, WithinDimension

Ints = NDArray[np.int64]
EXPLAINS = 0.5  # of the distance between both coefficients: from there on a dimension explains it
SIGNIFICANT = 0.05


def disagreement(
    pooled: Estimate, within: Estimate, p_difference: float, *, is_sure: bool
) -> Disagreement | None:
    """Of two coefficients whose difference has a p: none where chance explains it. `is_sure`:
    `within` is beyond chance among all pairs, without which it has no sign."""
    is_something = pooled.excludes_zero or within.excludes_zero
    if not is_something or not p_difference < SIGNIFICANT:
        return None
    if is_sure and pooled.value * within.value < 0 and pooled.excludes_zero:
        return Disagreement.SIGN
    if abs(within.value - pooled.value) >= abs(pooled.value) / 2:
        return Disagreement.HALF
    return None


class Explaining:
    """The coefficients among sessions equal in one dimension; `dimensions` [S] codes each."""

    def __init__(
        self, sums: DaySums, by_stratum: StratumSums, dimensions: Mapping[str, Ints]
    ) -> None:
        self._sums, self._by_stratum = sums, by_stratum
        self._groups = {
            name: codes[by_stratum.first_session]
            for name, codes in dimensions.items()
            if codes.max(initial=0) > 0
        }

    def by_dimension(self, x: int, y: int) -> tuple[WithinDimension, ...]:
        """Of one pair, each dimension that takes more than one value."""
        values = {
            name: within_groups(self._sums, self._by_stratum, group, x, y)
            for name, group in self._groups.items()
        }
        return tuple(
            WithinDimension(dimension=name, coefficient=value)
            for name, value in values.items()
            if value is not None
        )


def explained_by(
    pooled: float, within: float, by_dimension: tuple[WithinDimension, ...]
) -> str | None:
    """The dimension that takes the coefficient nearest to that of equals, if it goes half of the
    way by itself."""
    if not by_dimension or pooled == within:
        return None
    nearest = min(by_dimension, key=lambda each: abs(each.coefficient - within))
    way = (pooled - nearest.coefficient) / (pooled - within)
    return nearest.dimension if way >= EXPLAINS else None
