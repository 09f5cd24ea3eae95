"""All pairs per session: from the table of sessions to coefficients of all and among equals."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analytics.correlation import sentences
from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS, Measure, pair_key
from analytics.correlation.persession.columns import columns
from analytics.correlation.persession.day_sums import Correlated, DaySums, pooled
from analytics.correlation.persession.doses import count_doses, decile_doses, dose_curve
from analytics.correlation.persession.equality import Explaining, disagreement, explained_by
from analytics.correlation.persession.scored import StratumSums, scored
from analytics.correlation.persession.slopes import SessionPairs, slope_of
from analytics.correlation.persession.strata import by_dimension, joined
from analytics.correlation.persession.touched import touched_share
from analytics.correlation.persession.within import Within, within
from analytics.correlation.results import DoseCurve, Estimate, PairPerSession, Strength
from analytics.correlation.sessions.table import SessionTable
from analytics.correlation.strengths import strength_of
from analytics.stats.inference.day_bootstrap import LEAST_DAYS, DayIntervals, day_intervals
from analytics.stats.inference.false_discovery import adjusted_p

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_EFFECTIVE = 30.0
UNTIED_VARIANCE = 1.0 / 12.0  # of rank scores without ties


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Sessions as arrays: `day` numbers the days [S], which begin at `first` [D + 1]."""

    table: SessionTable
    values: dict[str, Floats]
    day: Ints
    first: Ints
    dimensions: dict[str, Ints]
    strata: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Figures:
    """Of all pairs [X, Y]: coefficients with half widths and p on Fisher's scale."""

    sums: DaySums
    by_stratum: StratumSums
    pooled: Correlated
    within: Within
    of_pooled: DayIntervals
    of_within: DayIntervals
    p_difference: Floats
    p_adjusted: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PerSession:
    """All pairs by their key `x~y`, without dose curves."""

    pairs: dict[str, PairPerSession]
    _sample: _Sample | None = None
    _explaining: Explaining | None = None

    def detailed(self, x: Measure, y: Measure) -> PairPerSession:
        """A pair with its dose curve, and what each dimension explains."""
        pair = self.pairs[pair_key(x, y)]
        if self._sample is None or self._explaining is None or not pair.enough_data:
            return pair
        cell = divmod(PAIRS.index((x, y)), len(OUTCOMES))
        dimensions = self._explaining.by_dimension(*cell)
        return replace(pair, dose=_dose(self._sample, x, y), by_dimension=dimensions)


def pairs_per_session(table: SessionTable) -> PerSession:
    """All pairs of the sessions of a range."""
    days = np.unique(table.day)
    if len(days) < LEAST_DAYS:
        reason = sentences.few_days(len(days)) if len(table) else sentences.NO_SESSIONS
        result = PairPerSession(n=len(table), days=len(days), reason=reason)
        return PerSession({pair_key(*pair): result for pair in PAIRS})
    sample = _sample(table, days)
    figures = _figures(sample)
    explaining = Explaining(figures.sums, figures.by_stratum, sample.dimensions)
    neighbours = SessionPairs(figures.by_stratum.order, sample.strata, sample.day)
    differences = {key: neighbours.differences(values) for key, values in sample.values.items()}
    touched = {x.key: _touched(sample, x) for x in EXPOSURES}
    results = {}
    for number, (x, y) in enumerate(PAIRS):
        cell = divmod(number, len(OUTCOMES))
        result = _coefficients(sample, figures, cell, (x, y))
        if result.enough_data:
            result = replace(
                _compared(result, figures, explaining, cell),
                touched=touched[x.key],
                slope=slope_of(differences[x.key], differences[y.key], neighbours.day, (x, y)),
            )
            result = replace(result, sentence=sentences.per_session(result, x, y))
        results[pair_key(x, y)] = result
    return PerSession(results, sample, explaining)


def _sample(table: SessionTable, days: Ints) -> _Sample:
    dimensions = by_dimension(table)
    return _Sample(
        table=table,
        values=columns(table),
        day=np.searchsorted(days, table.day),
        first=np.concatenate([np.searchsorted(table.day, days), [len(table)]]),
        dimensions=dimensions,
        strata=joined([*dimensions.values()]),
    )


def _figures(sample: _Sample) -> _Figures:
    x, y = ([sample.values[each.key] for each in side] for side in (EXPOSURES, OUTCOMES))
    scores = scored(x, y, sample.first)
    sums, by_stratum = scores.day_sums(), StratumSums(scores, sample.strata)
    of_all = pooled(sums)
    equals = within(scores, sums, sample.strata, by_stratum)
    shape = of_all.value.shape
    plain = of_all.value - equals.of.value
    influence = of_all.influence - equals.of.influence
    difference = day_intervals(plain.ravel(), influence.reshape(len(influence), -1))
    of_within = _on_fishers_scale(equals.of)
    p = np.where(_is_enough(sums, equals.of) & np.isfinite(of_within.half), of_within.p, np.nan)
    return _Figures(
        sums=sums,
        by_stratum=by_stratum,
        pooled=of_all,
        within=equals,
        of_pooled=_on_fishers_scale(of_all),
        of_within=of_within,
        p_difference=difference.p.reshape(shape),
        p_adjusted=adjusted_p(p.ravel()).reshape(shape),
    )


def _on_fishers_scale(of: Correlated) -> DayIntervals:
    value = np.clip(np.nan_to_num(of.value), -0.999999, 0.999999)
    influence = of.influence / (1.0 - value**2)
    result = day_intervals(np.arctanh(value).ravel(), influence.reshape(len(influence), -1))
    return DayIntervals(result.half.reshape(value.shape), result.p.reshape(value.shape))


def _effective(sums: DaySums, of: Correlated) -> Floats:
    """Untied sessions that would tell as much: of 1,000 of which 10 dropped, 30."""
    return np.asarray(sums.n.sum(axis=0) * np.minimum(*of.variance) / UNTIED_VARIANCE)


def _is_enough(sums: DaySums, of: Correlated) -> NDArray[np.bool]:
    return np.asarray(np.isfinite(of.value) & (_effective(sums, of) >= LEAST_EFFECTIVE))


def _coefficients(
    sample: _Sample, figures: _Figures, cell: tuple[int, int], pair: tuple[Measure, Measure]
) -> PairPerSession:
    """Both coefficients of a pair, or why there are none."""
    of_days = figures.sums.n[:, *cell]
    result = PairPerSession(
        n=int(of_days.sum()),
        days=int(np.count_nonzero(of_days)),
        n_effective=float(_effective(figures.sums, figures.pooled)[cell]),
    )
    of_all = _estimate(figures.pooled.value[cell], figures.of_pooled.half[cell])
    if of_all is None or not _is_enough(figures.sums, figures.pooled)[cell]:
        return replace(result, reason=_reason(sample, result, pair))
    p_adjusted = float(figures.p_adjusted[cell])
    if not np.isfinite(p_adjusted):
        return replace(result, pooled=of_all)
    return replace(
        result,
        pooled=of_all,
        within=_estimate(figures.within.of.value[cell], figures.of_within.half[cell]),
        n_within=int(figures.within.sessions[cell]),
        strata=int(figures.within.strata[cell]),
        p=float(figures.of_within.p[cell]),
        p_adjusted=p_adjusted,
        strength=strength_of(float(figures.within.of.value[cell]), p_adjusted),
    )


def _reason(sample: _Sample, result: PairPerSession, pair: tuple[Measure, Measure]) -> str:
    for side in pair:
        values = sample.values[side.key]
        values = values[np.isfinite(values)]
        if not values.size:
            return sentences.not_measured(side)
        if values.min() == values.max():
            return sentences.constant(side)
    if result.days < LEAST_DAYS:
        return sentences.few_days(result.days)
    if (result.n_effective or 0.0) < LEAST_EFFECTIVE:
        return sentences.few_sessions(result.n_effective or 0.0, result.n)
    return sentences.DECIDED_BY_A_DAY


def _compared(
    result: PairPerSession, figures: _Figures, explaining: Explaining, cell: tuple[int, int]
) -> PairPerSession:
    """With what both coefficients say of each other."""
    if result.pooled is None or result.within is None:
        return result
    differs = disagreement(
        result.pooled,
        result.within,
        float(figures.p_difference[cell]),
        is_sure=result.strength is not Strength.NONE,
    )
    if differs is None:
        return result
    dimensions = explaining.by_dimension(*cell)
    return replace(
        result,
        disagreement=differs,
        by_dimension=dimensions,
        explained_by=explained_by(result.pooled.value, result.within.value, dimensions),
    )


def _touched(sample: _Sample, x: Measure) -> Estimate | None:
    if x.touched_above is None:
        return None
    return touched_share(sample.values[x.key], x.touched_above, sample.table.weight, sample.first)


def _dose(sample: _Sample, x: Measure, y: Measure) -> DoseCurve | None:
    values = sample.values[x.key]
    doses = decile_doses(values)
    if x.is_count:
        doses = count_doses(sample.table.drops, np.isfinite(values))
    outcome = sample.values[y.key]
    return dose_curve(doses, outcome, sample.strata, sample.day, is_count=x.is_count)


def _estimate(value: float, half: float) -> Estimate | None:
    """From a coefficient and half the width of its interval on Fisher's scale."""
    if not (np.isfinite(value) and np.isfinite(half)):
        return None
    centre = np.arctanh(np.clip(value, -0.999999, 0.999999))
    return Estimate(
        value=float(value), low=float(np.tanh(centre - half)), high=float(np.tanh(centre + half))
    )
