"""Residuals in standard deviations, of few events by the exact tails of counts and ratios; the
false discovery rate over a family of tails."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .exact.counts import count_deviate, count_high, count_low
from .exact.ratios import ratio_deviate, ratio_high, ratio_low
from .kinds import SeriesKind
from .scale import COUNT_SD, from_scale
from .steps import Floats, Steps

FEW_EVENTS = 30.0  # expected; above, the normal scale of the kind is as good
CountLimit = Callable[[Floats, Floats, Floats], Floats]
RatioLimit = Callable[[Floats, Floats, Floats, Floats], Floats]
NEAR = 1.5  # spreads within which a tail need not be exact, since no band is as narrow


def events(kind: SeriesKind, expected: Floats, trials: Floats | None) -> Floats:
    """How many are expected, of ratios of the rarer outcome; `expected` is on the scale."""
    mean = from_scale(kind, expected)
    if kind is SeriesKind.COUNT or trials is None:
        return mean
    return trials * np.minimum(mean, 1.0 - mean)


def deviates(
    kind: SeriesKind, steps: Steps, scaled: Floats, residuals: Floats, sizes: tuple[Floats, Floats]
) -> Floats:
    """`residuals` of `steps`, whose values are `scaled`, in standard deviations of `sizes`, unit
    and spread, [S, T]; of few events, and not near the middle, by the tails about the value that
    they are measured from."""
    unit, spread = sizes
    with np.errstate(invalid="ignore", divide="ignore"):
        result = residuals / spread
    if not _is_tailed(kind, steps.trials):
        return result
    center = scaled - residuals * unit
    few = events(kind, center, steps.trials) < FEW_EVENTS
    few &= (np.abs(result) > NEAR) & np.isfinite(spread)
    mean, value = from_scale(kind, center[few]), steps.values[few]
    if steps.trials is None:
        result[few] = count_deviate(value, mean, spread[few] / COUNT_SD)
    else:
        result[few] = ratio_deviate(value, steps.trials[few], mean, spread[few])
    return result


def _is_tailed(kind: SeriesKind, trials: Floats | None) -> bool:
    return kind is SeriesKind.COUNT or (kind is SeriesKind.RATIO and trials is not None)


@dataclass(frozen=True, slots=True)
class Limits:
    """The values whose `deviates` are `width`, [S], in spreads, by the tails of few events. `low`
    and `high` take what the value is measured from, on the scale of the kind, and return the limits
    of the normal scale, [S, T], with those of few events in their place."""

    kind: SeriesKind
    trials: Floats | None
    spread: Floats
    width: Floats

    def low(self, center: Floats, normal: Floats) -> Floats:
        """The least value that is within."""
        return self._limited(center, normal, (count_low, ratio_low))

    def high(self, center: Floats, normal: Floats) -> Floats:
        """The largest value that is within."""
        return self._limited(center, normal, (count_high, ratio_high))

    def _limited(
        self, center: Floats, normal: Floats, sides: tuple[CountLimit, RatioLimit]
    ) -> Floats:
        if not _is_tailed(self.kind, self.trials):
            return normal
        few = (events(self.kind, center, self.trials) < FEW_EVENTS) & np.isfinite(self.spread)
        width = np.broadcast_to(self.width[:, None], center.shape)
        few &= width > NEAR
        mean, spread, limits = from_scale(self.kind, center[few]), self.spread[few], normal.copy()
        if self.trials is None:
            limits[few] = sides[0](mean, spread / COUNT_SD, width[few])
        else:
            limits[few] = sides[1](self.trials[few], mean, spread, width[few])
        return limits
