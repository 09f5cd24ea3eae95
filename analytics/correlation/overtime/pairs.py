"""All pairs over time: from hourly series to coefficients, shifts and slopes."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.correlation import sentences
from analytics.correlation.measures import EXPOSURES, OUTCOMES, Measure
from analytics.correlation.overtime.coefficients import Coefficients, pearson, spearman
from analytics.correlation.overtime.rhythm import Unusual, cells_of, unusual
from analytics.correlation.overtime.scatter import scatter_of
from analytics.correlation.overtime.shifts import lag_hours, shifts_of
from analytics.correlation.overtime.slopes import slope_of
from analytics.correlation.results import Estimate, PairOverTime
from analytics.correlation.series.hourly import HourlySeries
from analytics.correlation.strengths import strength_of
from analytics.stats.inference.false_discovery import adjusted_p

Floats = NDArray[np.float64]
Mask = NDArray[np.bool]
Sides = tuple[Measure, Measure]
LEAST_OF_HOUR = 20  # single values behind a value of an hour, of each side
LEAST_EFFECTIVE = 30
PAIRS: tuple[Sides, ...] = tuple((x, y) for x in EXPOSURES for y in OUTCOMES)


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


def pairs_over_time(series: HourlySeries, details: Collection[str]) -> dict[str, PairOverTime]:
    """Each pair by its key `x~y`; those of `details` with their points."""
    cells = cells_of(series.hour_of_week)
    if cells is None:
        return {
            _key(pair): PairOverTime(n=0, left_out=0, reason=sentences.TOO_SHORT) for pair in PAIRS
        }
    points = _points(series, cells)
    results = {_key(PAIRS[each]): _refused(series, points, each) for each in range(len(PAIRS))}
    usable = [pair for pair in range(len(PAIRS)) if points.mask[pair].sum() > 3]
    if usable:
        results |= _computed(points, usable, details)
    return results


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


def _computed(
    points: _Points, pairs: list[int], details: Collection[str]
) -> dict[str, PairOverTime]:
    x, y = points.sides(points.deviations.scaled, pairs)
    mask, cells = points.mask[pairs], points.cells[pairs]
    ranked, plain = spearman(x, y, mask, cells), pearson(x, y, mask, cells)
    enough = np.isfinite(ranked.value) & (ranked.n_effective >= LEAST_EFFECTIVE)
    adjusted = adjusted_p(np.where(enough, ranked.p, np.nan))
    lags = lag_hours(np.where(mask, x, 0.0), np.where(mask, y, 0.0), mask)
    results = {}
    for number, pair in enumerate(pairs):
        if not enough[number]:
            results[_key(PAIRS[pair])] = _too_few(points, pair, ranked, number)
            continue
        results[_key(PAIRS[pair])] = PairOverTime(
            n=int(mask[number].sum()),
            left_out=int(points.left_out[pair]),
            n_effective=float(ranked.n_effective[number]),
            coefficient=_estimate(ranked, number),
            pearson=_estimate(plain, number),
            p=float(ranked.p[number]),
            p_adjusted=float(adjusted[number]),
            lag_minutes=60 * int(lags[number]),
            shifts=shifts_of(ranked.series, number, int(mask[number].sum())),
            strength=strength_of(float(ranked.value[number]), float(adjusted[number])),
        )
        results[_key(PAIRS[pair])] = _with_units(results[_key(PAIRS[pair])], points, pair, details)
    return results


def _with_units(
    result: PairOverTime, points: _Points, pair: int, details: Collection[str]
) -> PairOverTime:
    """With slope and, of those looked at, the points; and the sentence."""
    sides = PAIRS[pair]
    x, y = (each[0] for each in points.sides(points.deviations.natural, [pair]))
    with_slope = replace(
        result,
        slope=slope_of(x, y, float(points.cells[pair]), sides),
        scatter=scatter_of(points.hours, x, y) if _key(sides) in details else None,
    )
    return replace(with_slope, sentence=sentences.over_time(with_slope, *sides))


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


def _key(pair: Sides) -> str:
    return f"{pair[0].key}~{pair[1].key}"
