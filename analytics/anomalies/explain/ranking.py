"""Which slice explains a change best: likelihood, parsimony, and how sure the order is; pure.

The score of a slice is the log-likelihood ratio of Kulldorff's scan statistic (1997, Communications
in Statistics 26), given all events: of the slice's rate being another than that of all others. It
is largest where the slice has all of the change and few of the usual events: a larger slice expects
too much, a smaller one leaves a change among the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.query.arrays import Floats, Labels

# A pair is named where its score is so much larger than that of its best side, ...
PAIR_GAIN = 1.1
# ... it has at most so much of the usual events and people of the side, and at least so much of its
# change.
PAIR_NARROWS = 0.8
PAIR_KEEPS = 0.8
LEAST_SCORE = 6.0  # in units of the dispersion: of the best of hundreds of slices by chance, rarely
LEAST_SHARE = 0.1  # of the change beyond the usual share
LEAST_ODDS = 2.0  # of the share to the usual share
DRAWS = 200
MOST_COUNTED = 1e9  # events; numpy counts up to 9e18
ALMOST_ALL = 0.995


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A slice: `observed` events, `expected` ones (those of all slices of its dimension are in
    `of_all`: observed, expected), its `change` and the part of all change it is. `exposure` is
    what its events are among (0: not known), `dispersion` the variance per event.
    """

    labels: Labels
    observed: float
    expected: float
    of_all: tuple[float, float]
    change: float
    share: float
    n: float
    sessions: float
    dispersion: float
    exposure: float = 0.0
    is_nameable: bool = True

    @property
    def usual_share(self) -> float:
        """Its part of the expected events."""
        return min(self.expected / self.of_all[1], 1.0) if self.of_all[1] > 0 else 0.0

    @property
    def score(self) -> float:
        """The log-likelihood ratio in units of the dispersion, 0 where it moved otherwise than
        all did."""
        scores = log_ratios(np.array([self.observed]), self.of_all[0], self.usual_share)
        is_same_way = self.share > 0 and (self.observed - self.expected) * self.change >= 0
        return float(scores[0]) / self.dispersion if is_same_way else 0.0

    @property
    def is_notable(self) -> bool:
        """Whether it has clearly more of the change than of the usual events."""
        share, usual = (min(max(each, 1e-4), ALMOST_ALL) for each in (self.share, self.usual_share))
        odds = share / (1 - share) / (usual / (1 - usual))
        return (
            self.is_nameable
            and self.score >= LEAST_SCORE
            and share - usual >= LEAST_SHARE
            and odds >= LEAST_ODDS
        )


def log_ratios(observed: Floats, of_all: float, usual_share: float) -> Floats:
    """Of slices with `observed` of `of_all` events, where `usual_share` of them was expected."""
    q = np.clip(observed / of_all, 0.0, 1.0) if of_all > 0 else np.zeros_like(observed)
    p = min(max(usual_share, 1e-9), 1 - 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(q > 0, q * np.log(q / p), 0.0)
        outside = np.where(q < 1, (1 - q) * np.log((1 - q) / (1 - p)), 0.0)
    ratios: Floats = of_all * (inside + outside)
    return ratios


def says_more(finer: Candidate, broad: Candidate) -> bool:
    """Whether a slice within another has nearly all of its change, and clearly fewer people."""
    return (
        finer.score >= PAIR_GAIN * broad.score
        and finer.usual_share <= PAIR_NARROWS * broad.usual_share
        and (finer.exposure <= PAIR_NARROWS * broad.exposure or not broad.exposure)
        and finer.share >= PAIR_KEEPS * broad.share
    )


def rank_ranges(candidates: Sequence[Candidate], seed: int = 0) -> list[tuple[int, int]]:
    """From which to which rank (from 1) each is in 90 % of `DRAWS` resamples: a Poisson bootstrap
    of the events of each slice and of the others, as many at once as their dispersion says. Draws
    depend on the figures alone."""
    if not candidates:
        return []
    scores = np.empty((len(candidates), DRAWS))
    for row, each in enumerate(candidates):
        rng = np.random.default_rng([seed, row])
        spread = each.dispersion
        own = _resampled(rng, each.observed / spread) * spread
        outside = _resampled(rng, (each.of_all[0] - each.observed) / spread) * spread
        totals = np.maximum(own + outside, 1e-9)
        ratios = log_ratios(own / totals, 1.0, each.usual_share)
        scores[row] = totals * ratios / spread if each.score > 0 else 0.0
    ranks = np.argsort(np.argsort(-scores, axis=0, kind="stable"), axis=0, kind="stable") + 1
    low, high = np.quantile(ranks, [0.05, 0.95], axis=1, method="nearest")
    return [(int(first), int(last)) for first, last in zip(low, high, strict=True)]


def _resampled(rng: np.random.Generator, events: float) -> Floats:
    """Draws of Poisson; of amounts, which may be larger than it can count, of the normal that it
    comes near; none of what is below 0, as sums of custom figures may be."""
    mean = max(events, 0.0)
    if mean < MOST_COUNTED:
        return rng.poisson(mean, DRAWS).astype(np.float64)
    draws: Floats = mean + np.sqrt(mean) * rng.standard_normal(DRAWS)
    return draws
