"""All pairs over time: from hourly series to coefficients, shifts and slopes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.correlation import sentences
from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS, Measure, pair_key
from analytics.correlation.overtime.coefficients import Coefficients, pearson, spearman
from analytics.correlation.overtime.rhythm import Unusual, cells_of, unusual
from analytics.correlation.overtime.scatter import scatter_of
from analytics.correlation.overtime.shifts import lag_hours, shifts_of
from analytics.correlation.overtime.slopes import slopes_of
from analytics.correlation.results import Estimate, PairOverTime
from analytics.correlation.series.hourly import HourlySeries
from analytics.correlation.strengths import strength_of
from analytics.stats.inference.false_discovery import adjusted_p

Floats = NDArray[np.float64]
Mask = NDArray[np.bool]
Sides = tuple[Measure, Measure]
LEAST_OF_HOUR = 20  # single values behind a value of an hour, of each side
LEAST_EFFECTIVE = 30
LEAST_HOURS = 3  # fewer have no coefficient at all


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Deviations of all measures [M, T] and, of the pairs [P, T], which hours both sides have."""

    hours: NDArray[np.int64]
    deviations: Unusual
    row: dict[str, int]
    mask: Mask
    left_out: NDArray[np.int64]
    cells: Floats

    def sides(self, deviations: Floats, pairs: list[int]) -> tuple[Floats, Floats]:
        """x and y of pairs."""
        rows = [[self.row[side.key] for side in PAIRS[pair]] for pair in pairs]
        both = deviations[np.array(rows, dtype=np.int64).reshape(-1, 2)]
        return both[:, 0], both[:, 1]


@dataclass(frozen=True, slots=True, eq=False)
class OverTime:
    """All pairs by their key `x~y`, without the points of each."""

    pairs: dict[str, PairOverTime]
    _points: _Points | None = None

    def detailed(self, x: Measure, y: Measure) -> PairOverTime:
        """A pair with its points."""
        pair = self.pairs[pair_key(x, y)]
        if self._points is None or not pair.enough_data:
            return pair
        sides = self._points.sides(self._points.deviations.natural, [PAIRS.index((x, y))])
        return replace(pair, scatter=scatter_of(self._points.hours, sides[0][0], sides[1][0]))


def pairs_over_time(series: HourlySeries) -> OverTime:
    """All pairs of hourly series."""
    cells = cells_of(series.hour_of_week)
    if cells is None:
        result = PairOverTime(n=0, left_out=0, reason=sentences.TOO_SHORT)
        return OverTime({pair_key(*pair): result for pair in PAIRS})
    points = _points(series, cells)
    results = {pair_key(*pair): _refused(series, points, n) for n, pair in enumerate(PAIRS)}
    usable = [number for number in range(len(PAIRS)) if points.mask[number].sum() > LEAST_HOURS]
    if usable:
        results |= _computed(points, usable)
    return OverTime(results, points)


def _points(series: HourlySeries, cells: NDArray[np.int64]) -> _Points:
    measures = (*EXPOSURES, *OUTCOMES)
    missing = np.full(len(series.hours), np.nan)
    values = np.stack([series.values.get(each.key, missing) for each in measures])
    n = np.stack([series.n.get(each.key, np.zeros(len(series.hours))) for each in measures])
    enough = np.isfinite(values) & (n >= LEAST_OF_HOUR)
    durations = np.array([each.unit == "ms" for each in measures])
    deviations = unusual(np.where(enough, values, np.nan), durations, cells)
    row = {each.key: number for number, each in enumerate(measures)}
    index = np.array([[row[x.key], row[y.key]] for x, y in PAIRS])
    mask = np.isfinite(deviations.scaled)[index].all(axis=1)
    both = np.isfinite(values)[index].all(axis=1)
    used = np.array([np.unique(cells[each]).size for each in mask], dtype=np.float64)
    left_out = both.sum(axis=-1) - mask.sum(axis=-1)
    return _Points(series.hours, deviations, row, mask, left_out, used)


def _computed(points: _Points, pairs: list[int]) -> dict[str, PairOverTime]:
    x, y = points.sides(points.deviations.scaled, pairs)
    mask, cells = points.mask[pairs], points.cells[pairs]
    ranked, plain = spearman(x, y, mask, cells), pearson(x, y, mask, cells)
    enough = np.isfinite(ranked.value) & (ranked.n_effective >= LEAST_EFFECTIVE)
    adjusted = adjusted_p(np.where(enough, ranked.p, np.nan))
    natural = points.sides(points.deviations.natural, pairs)
    slopes = slopes_of(*natural, cells, [PAIRS[pair] for pair in pairs])
    lags = lag_hours(np.where(mask, x, 0.0), np.where(mask, y, 0.0), mask)
    results = {}
    for row, pair in enumerate(pairs):
        result = _too_few(points, pair, ranked, row)
        if enough[row]:
            result = PairOverTime(
                n=result.n,
                left_out=result.left_out,
                n_effective=float(ranked.n_effective[row]),
                coefficient=_estimate(ranked, row),
                pearson=_estimate(plain, row),
                p=float(ranked.p[row]),
                p_adjusted=float(adjusted[row]),
                lag_minutes=60 * int(lags[row]),
                shifts=shifts_of(ranked.series, row, result.n),
                slope=slopes[row],
                strength=strength_of(float(ranked.value[row]), float(adjusted[row])),
            )
            result = replace(result, sentence=sentences.over_time(result, *PAIRS[pair]))
        results[pair_key(*PAIRS[pair])] = result
    return results


def _estimate(of: Coefficients, number: int) -> Estimate | None:
    figures = tuple(float(each[number]) for each in (of.value, of.low, of.high))
    if not all(np.isfinite(figures)):
        return None
    return Estimate(value=figures[0], low=figures[1], high=figures[2])


def _refused(series: HourlySeries, points: _Points, pair: int) -> PairOverTime:
    """A pair with too few hours: what is missing."""
    missing = [
        side for side in PAIRS[pair]
        if not np.isfinite(series.values.get(side.key, np.array([np.nan]))).any()
    ]  # fmt: skip
    n, left_out = int(points.mask[pair].sum()), int(points.left_out[pair])
    reason = sentences.not_measured(missing[0]) if missing else sentences.few_hours(n, left_out)
    if missing and series.reason:
        reason = series.reason
    return PairOverTime(n=n, left_out=left_out, reason=reason)


def _too_few(points: _Points, pair: int, ranked: Coefficients, number: int) -> PairOverTime:
    """A pair with hours, which are worth too few independent ones or do not change."""
    n, left_out = int(points.mask[pair].sum()), int(points.left_out[pair])
    effective = float(ranked.n_effective[number])
    if np.isfinite(ranked.value[number]):
        reason = sentences.few_effective(effective, n)
        return PairOverTime(n=n, left_out=left_out, n_effective=effective, reason=reason)
    values = points.sides(points.deviations.scaled, [pair])
    is_still = [bool((side[0][points.mask[pair]] == 0).all()) for side in values]
    constant = PAIRS[pair][is_still.index(True) if True in is_still else 0]
    return PairOverTime(n=n, left_out=left_out, reason=sentences.constant(constant))
