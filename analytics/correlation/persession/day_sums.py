"""Sums of products by day, of all pairs at once: one matrix product a day."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class DaySums:
    """Over the sessions of a day that measure both sides, [D, X, Y] each: how many, and sums of
    scores u of x and v of y, their squares and products."""

    n: Floats
    u: Floats
    v: Floats
    uu: Floats
    vv: Floats
    uv: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Correlated:
    """Coefficients [X, Y], their influences by day [D, X, Y], and the variance of each side's
    scores; NaN where a side does not vary."""

    value: Floats
    influence: Floats
    variance: tuple[Floats, Floats]


def day_sums(
    u: Singles, v: Singles, x_measured: Singles, y_measured: Singles, first: Ints
) -> DaySums:
    """Of scores u [X, S], v [Y, S], 0 where not measured (0 or 1, of the same shapes); `first`
    [D + 1] are the sessions at which days begin, in the order of sessions."""
    xs, ys = len(u), len(v)
    sums = np.zeros((len(first) - 1, 3 * xs, 3 * ys))
    for day, (a, b) in enumerate(pairwise(first)):  # a day fits into the caches of a processor
        left, right = u[:, a:b], v[:, a:b]
        left = np.concatenate([x_measured[:, a:b], left, left * left])
        sums[day] = left @ np.concatenate([y_measured[:, a:b], right, right * right]).T
    x_rows = [slice(part * xs, (part + 1) * xs) for part in range(3)]
    y_rows = [slice(part * ys, (part + 1) * ys) for part in range(3)]
    return DaySums(
        n=sums[:, x_rows[0], y_rows[0]],
        u=sums[:, x_rows[1], y_rows[0]],
        v=sums[:, x_rows[0], y_rows[1]],
        uu=sums[:, x_rows[2], y_rows[0]],
        vv=sums[:, x_rows[0], y_rows[2]],
        uv=sums[:, x_rows[1], y_rows[1]],
    )


def pooled(sums: DaySums) -> Correlated:
    """Pearson's coefficient of the scores, over all sessions: a rank correlation."""
    n = np.maximum(sums.n.sum(axis=0), 1.0)
    mean_u, mean_v = sums.u.sum(axis=0) / n, sums.v.sum(axis=0) / n
    uv = sums.uv - mean_u * sums.v - mean_v * sums.u + sums.n * mean_u * mean_v
    uu = sums.uu - 2.0 * mean_u * sums.u + sums.n * mean_u**2
    vv = sums.vv - 2.0 * mean_v * sums.v + sums.n * mean_v**2
    return correlated(uv, uu, vv, n)


def correlated(uv: Floats, uu: Floats, vv: Floats, n: Floats) -> Correlated:
    """From centred products by day [D, X, Y] over n sessions [X, Y]."""
    total_uu, total_vv = uu.sum(axis=0), vv.sum(axis=0)
    size = np.sqrt(np.maximum(total_uu, 0.0) * np.maximum(total_vv, 0.0))
    varies = size > 1e-9 * n
    safe = np.where(varies, size, 1.0)
    value = np.where(varies, uv.sum(axis=0) / safe, np.nan)
    parts = uu / np.where(varies, total_uu, 1.0) + vv / np.where(varies, total_vv, 1.0)
    influence = np.where(varies, uv / safe - value * parts / 2.0, 0.0)
    return Correlated(value, influence, (total_uu / n, total_vv / n))
