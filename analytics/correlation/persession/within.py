"""The coefficient among equals: what is left when strata cannot differ.

Scores are ranks among all sessions less their mean within the stratum, which is Quade's rank
analysis of covariance (1967, Journal of the American Statistical Association 62) with strata as the
covariate. Where x and y are unrelated within each stratum it is 0 on average however the strata
differ and however small they are; ranks made anew within strata, as van Elteren's test has them,
are too, but shrink what is there: by a sixth in strata of five.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.persession.day_sums import Correlated, DaySums, correlated
from analytics.correlation.persession.scored import Scored, StratumSums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """Among equals, [X, Y] each: the coefficient, how many sessions have an equal, and strata."""

    of: Correlated
    sessions: Floats
    strata: Floats


def within(of: Scored, sums: DaySums, strata: Ints, by_stratum: StratumSums) -> Within:
    """`sums` are those of the same scores by day, `by_stratum` by the `strata` [S]."""
    shape = sums.n.shape[1:]
    between, equals, number, freedom = np.zeros((3, *shape)), *np.zeros((3, *shape))
    for x, y in np.ndindex(shape):
        n, u, v = by_stratum.n(x, y), by_stratum.u(x, y), by_stratum.v(x, y)
        between[:, x, y] = _between(n, u, v)
        equals[x, y], number[x, y], freedom[x, y] = _freedom(n)
    by_day = of.centred(strata, by_stratum).day_sums()
    total = np.maximum(sums.n.sum(axis=0), 1.0)
    all_days = (sums.uv, sums.uu, sums.vv)
    parts = [
        day + sums.n / total * (each.sum(axis=0) - lost - day.sum(axis=0))
        for each, lost, day in zip(
            all_days, between, (by_day.uv, by_day.uu, by_day.vv), strict=True
        )
    ]
    result = correlated(parts[0], parts[1], parts[2], total)
    return Within(replace(result, influence=result.influence * freedom), equals, number)


def within_groups(
    sums: DaySums, by_stratum: StratumSums, group: Ints, x: int, y: int
) -> float | None:
    """The coefficient of one pair among sessions that are equal in one dimension; `group` is its
    value of each stratum."""
    n, u, v = (
        np.asarray(np.bincount(group, weights=each), dtype=np.float64)
        for each in (by_stratum.n(x, y), by_stratum.u(x, y), by_stratum.v(x, y))
    )
    totals = [each[:, x, y].sum() for each in (sums.uv, sums.uu, sums.vv)]
    uv, uu, vv = np.array(totals) - np.array(_between(n, u, v))
    return float(uv / np.sqrt(uu * vv)) if min(uu, vv) > 1e-9 * max(n.sum(), 1.0) else None


def _between(n: Floats, u: Floats, v: Floats) -> tuple[float, float, float]:
    """What the differences of strata add to the sums of uv, uu and vv."""
    safe = np.maximum(n, 1.0)
    return float(u @ (v / safe)), float(u @ (u / safe)), float(v @ (v / safe))


def _freedom(n: Floats) -> tuple[float, int, float]:
    """Sessions with an equal, in how many strata; and by how much the influences of sessions are
    too small since each is in the mean it is compared with: sqrt(sum (m - 1) / sum (m - 1)^2 / m)
    over strata of m."""
    equal = n[n >= 2]
    squares = float(((equal - 1.0) ** 2 / equal).sum())
    free = float((equal - 1.0).sum())
    return float(equal.sum()), len(equal), float(np.sqrt(free / squares)) if squares else 1.0
