"""The outcome by how much of the exposure sessions met."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.correlation.results import DoseBin, DoseCurve, Estimate
from analytics.formatting.numbers import figures
from analytics.stats.inference.day_bootstrap import day_intervals

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COUNT_BINS = (("none", 0, 0), ("1", 1, 1), ("2", 2, 2), ("3–5", 3, 5), ("more", 6, np.inf))
DECILES = 10
MANY_ZEROS = 0.1  # from this share on, sessions without any exposure are the reference
LEAST_SESSIONS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Doses:
    """The bin of each session [S], -1 without; and of each bin its label and ends."""

    number: Ints
    labels: tuple[str, ...]
    ends: tuple[tuple[float, float], ...]


def count_doses(events: Floats, measured: NDArray[np.bool]) -> Doses:
    """Of counts of events: none, 1, 2, 3 to 5, more."""
    starts = [least for _, least, _ in COUNT_BINS[1:]]
    number = np.where(measured, np.searchsorted(starts, events, side="right"), -1)
    ends = tuple((float(least), float(most)) for _, least, most in COUNT_BINS)
    return Doses(number, tuple(label for label, *_ in COUNT_BINS), ends)


def decile_doses(x: Floats) -> Doses:
    """By deciles of x [S], NaN where not measured; people without any are a bin of their own where
    they are a tenth."""
    measured = np.isfinite(x)
    values = x[measured]
    zeros = float((values == 0).mean()) if values.size else 0.0
    positive = values[values > 0] if zeros >= MANY_ZEROS else values
    if not positive.size:
        return Doses(np.where(measured, 0, -1), ("none",), ((0.0, 0.0),))
    edges = np.unique(np.quantile(positive, np.arange(1, DECILES) / DECILES))
    edges = edges[edges < positive.max()]  # of many equal ones: no bin beyond the last
    number = np.searchsorted(edges, x, side="left")
    bounds = np.concatenate([[positive.min()], edges, [positive.max()]])
    ends = [(float(a), float(b)) for a, b in pairwise(bounds)]
    labels = [f"{figures(a)} to {figures(b)}" for a, b in ends]
    if zeros >= MANY_ZEROS:
        number = np.where(x > 0, number + 1, 0)
        ends, labels = [(0.0, 0.0), *ends], ["none", *labels]
    return Doses(np.where(measured, number, -1), tuple(labels), tuple(ends))


def dose_curve(
    doses: Doses, y: Floats, strata: Ints, day: Ints, *, is_count: bool
) -> DoseCurve | None:
    """Means of y [S] by bin, and differences to the first bin among sessions of one stratum.

    Differences are the coefficients of bins in a regression on bins and strata (fixed effects),
    with intervals by resampling days (numbers `day` [S]). `None` without a reference.
    """
    rows = np.flatnonzero((doses.number >= 0) & np.isfinite(y))
    sample = _Sample(
        doses.number[rows], y[rows], strata[rows], day[rows], len(doses.labels),
        int(day[rows].max(initial=0)) + 1,
    )  # fmt: skip
    sessions = np.bincount(sample.bins, minlength=sample.size)
    if sessions[0] < LEAST_SESSIONS:
        return None
    means = _means(sample, sessions)
    differences = _differences(sample, sessions)
    share = sessions / sessions.sum()
    return DoseCurve(
        is_count=is_count,
        bins=tuple(
            DoseBin(
                label=doses.labels[each],
                least=doses.ends[each][0],
                most=doses.ends[each][1],
                sessions=int(sessions[each]),
                share=float(share[each]),
                outcome=means[each],
                difference=differences[each],
            )
            for each in range(sample.size)
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Sessions that have both: bin, outcome, stratum and day [n]; `size` is the number of bins,
    `days` that of days."""

    bins: Ints
    y: Floats
    strata: Ints
    day: Ints
    size: int
    days: int

    def by_day(self, values: Floats) -> Floats:
        """Sums of values [n] by day and bin, [D, bins]."""
        cells = self.day * self.size + self.bins
        sums = np.bincount(cells, weights=values, minlength=self.days * self.size)
        return np.asarray(sums.reshape(self.days, self.size))

    def shares(self) -> Floats:
        """Of each stratum, the share of its sessions in each bin, [strata, bins]."""
        number = int(self.strata.max(initial=0)) + 1
        cells = self.strata * self.size + self.bins
        counts = np.bincount(cells, minlength=number * self.size).reshape(number, self.size)
        return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))

    def with_equals(self) -> "_Sample":
        """Those with another one in their stratum, as one alone differs from nobody; strata are
        numbered anew without gaps."""
        is_shared = np.bincount(self.strata) > 1
        keep = is_shared[self.strata]
        number = np.cumsum(is_shared) - 1
        return replace(
            self, bins=self.bins[keep], y=self.y[keep], day=self.day[keep],
            strata=number[self.strata[keep]],
        )  # fmt: skip


def _means(sample: _Sample, sessions: NDArray[np.int64]) -> list[Estimate | None]:
    n = np.maximum(sessions, 1)
    sums, counts = sample.by_day(sample.y), sample.by_day(np.ones(len(sample.y)))
    value = sums.sum(axis=0) / n
    influence = (sums - counts * value) / n
    return _estimates(value, influence, sessions)


def _differences(sample: _Sample, sessions: NDArray[np.int64]) -> list[Estimate | None]:
    """The regression by normal equations: bins less their share of the stratum."""
    equal = sample.with_equals()
    shares, n = equal.shares(), np.maximum(np.bincount(equal.strata, minlength=1), 1)
    y = equal.y - (np.bincount(equal.strata, weights=equal.y, minlength=1) / n)[equal.strata]
    normal = np.diag(np.bincount(equal.bins, minlength=equal.size)) - shares.T @ (
        shares * n[:, np.newaxis]
    )
    right = np.bincount(equal.bins, weights=y, minlength=equal.size)
    others = np.arange(1, sample.size)
    present = others[sessions[others] > 0]
    value, influence = np.zeros(sample.size), np.zeros((sample.days, sample.size))
    inverse = np.linalg.pinv(normal[np.ix_(present, present)])
    value[present] = inverse @ right[present]
    influence[:, present] = _scores(equal, y, value, shares, n)[:, present] @ inverse
    enough = np.where(np.arange(sample.size) > 0, sessions, 0)
    return _estimates(value, influence, enough)


def _scores(sample: _Sample, y: Floats, value: Floats, shares: Floats, n: Ints) -> Floats:
    """What each day adds to the normal equations with the residuals in place of y, [D, bins];
    scaled up for the residuals' lost freedom in small strata. A bin at a time: sums by day and
    stratum would be as many as days times sessions."""
    residual = y - value[sample.bins] + (shares @ value)[sample.strata]
    residual = residual * np.sqrt(n / np.maximum(n - 1.0, 1.0))[sample.strata]
    usual = [
        np.bincount(sample.day, weights=residual * share[sample.strata], minlength=sample.days)
        for share in shares.T
    ]
    return np.asarray(sample.by_day(residual) - np.stack(usual, axis=1))


def _estimates(value: Floats, influence: Floats, n: NDArray[np.int64]) -> list[Estimate | None]:
    half = day_intervals(value, influence).half
    return [
        Estimate(value=float(middle), low=float(middle - width), high=float(middle + width))
        if count >= LEAST_SESSIONS and np.isfinite(width)
        else None
        for middle, width, count in zip(value, half, n, strict=True)
    ]
