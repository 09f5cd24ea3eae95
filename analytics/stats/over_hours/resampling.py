"""A bootstrap over the hours of a range: what its figures would be, had other hours been drawn;
pure, and the same at every call.

`DRAWS` times as many hours as there are are drawn with replacement (Efron 1979, Annals of
Statistics 7), and their residuals added up. The sums are widened by what a bootstrap of few,
dependent hours leaves out: the inflation by autocorrelation, and the ratio of Student's t to the
normal quantile with the effective hours less one as degrees of freedom.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analytics.stats.intervals import Z_95
from analytics.stats.over_hours.residuals import Floats, Residuals, divided
from analytics.stats.over_sessions.effective import t_quantile

DRAWS = 1000
SEED = 20240229
EVENTS_OF_NONE = 0.5  # of the posterior of a rate without events under Jeffreys' prior
LARGEST_CHANGE = 50.0  # of a logarithm: e^50 is beyond any figure
LEAST_SHARE = 1e-12


@dataclass(frozen=True, slots=True)
class Draws:
    """`log_changes` (draws, measures): by how much the logarithm of a ratio differs from that of
    the range, of the variance `variance` (measures,). `none` (draws,) are events of a range that
    met none."""

    log_changes: Floats
    variance: Floats
    none: Floats


def draws_of(residuals: Residuals, number: int) -> Draws:
    """Draws of the range that is the `number`-th of a comparison: ranges are independent."""
    weights = _weights(residuals.values.shape[1], number)
    sums = weights @ residuals.values.T.astype(np.float32)
    reach = t_quantile(residuals.effective - 1) / Z_95
    width = np.sqrt(residuals.inflation) * reach
    return Draws(
        log_changes=sums.astype(np.float64) * width,
        variance=(residuals.values**2).sum(axis=1) * width**2,
        none=np.random.default_rng(SEED + number).gamma(EVENTS_OF_NONE, 1.0, DRAWS),
    )


@lru_cache(maxsize=2)  # all measures of a comparison share those of its two ranges
def _weights(hours: int, number: int) -> NDArray[np.float32]:
    """How often each hour is drawn, (draws, hours): 3 MB of a month."""
    generator = np.random.default_rng(SEED + number)
    return generator.multinomial(hours, np.full(hours, 1 / hours), DRAWS).astype(np.float32)


def drawn_ratios(draws: Draws, y: Floats, x: Floats) -> Floats:
    """y / x (measures,) for each draw, (draws, measures); without any y those of the posterior of
    a rate."""
    changes = np.clip(draws.log_changes, -LARGEST_CHANGE, LARGEST_CHANGE)
    of_none = draws.none[:, None] * divided(np.ones_like(x), x)
    ratios: Floats = np.where(y > 0, divided(y, x) * np.exp(changes), of_none)
    return ratios


def drawn_quantiles(log_changes: Floats, share: float, counts: Floats, bounds: Floats) -> Floats:
    """The `share` quantile of a histogram for each draw, (draws,). `log_changes` (draws,) are of
    the share of values beyond it; `bounds` (buckets + 1,) are those of `counts` (buckets,), within
    which values are evenly spread over logarithms."""
    cumulative = np.concatenate([[0.0], np.cumsum(counts)])
    changes = np.clip(log_changes, -LARGEST_CHANGE, LARGEST_CHANGE)
    beyond = np.clip((1 - share) * np.exp(changes), LEAST_SHARE, 1 - LEAST_SHARE)
    log_bounds = np.log(bounds)
    quantiles: Floats = np.exp(np.interp((1 - beyond) * cumulative[-1], cumulative, log_bounds))
    return quantiles
