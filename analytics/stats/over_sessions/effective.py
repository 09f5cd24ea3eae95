"""How many sessions bear on a figure, and how sure its variance is; pure.

Of amounts w of sessions, (sum w)^2 / sum w^2 is their effective number (Kish 1965, Survey
Sampling): as many equal sessions would make the sum as sure.

Student's degrees of freedom of a variance sum z^2 are 2 (sum z^2)^2 / sum z^4 (Satterthwaite 1946,
Biometrics Bulletin 2). Fourth moments are not kept, so the ratio is that of gamma distributed
amounts of the variation c of the exposures, of which k are effective: 2 k (1 + c)^2 / ((1 + 2 c)
(1 + 3 c)), from 2 k for equal amounts down to k / 3.
"""

import numpy as np
from numpy.typing import NDArray

from analytics.stats.intervals import Z_95
from analytics.stats.session_moments import RatioMoments

Floats = NDArray[np.float64]
# Of fewer effective sessions no interval is given (Parker et al. 2017, National Center for Health
# Statistics Data Presentation Standards for Proportions, Vital and Health Statistics 2-175).
LEAST_EFFECTIVE = 30
# The two-sided 95 % quantile of Student's t by its degrees of freedom.
_FREEDOM: Floats = np.array(
    [1e9, 120, 60, 40, 30, 20, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5, 1], dtype=np.float64
)
_T: Floats = np.array(
    [
        *(Z_95, 1.9799, 2.0003, 2.0211, 2.0423, 2.0860, 2.1314, 2.1788, 2.2281, 2.3060, 2.3646),
        *(2.4469, 2.5706, 2.7764, 3.1824, 3.5582, 4.3027, 5.9446, 12.7062),
    ]
)


def t_quantile(freedom: Floats) -> Floats:
    """The two-sided 95 % quantile of Student's t, within 1 % from 2 degrees of freedom on."""
    value: Floats = np.interp(1 / np.maximum(freedom, 1.0), 1 / _FREEDOM, _T)
    return value


def effective(total: Floats, squares: Floats) -> Floats:
    """The effective number of sessions with these sums of amounts and their squares; NaN: none."""
    return divided(total**2, squares)


def freedom(sessions: Floats, of_exposure: Floats, least: Floats) -> Floats:
    """Degrees of freedom of `sessions`, `of_exposure` effective; `least` are the effective ones of
    what varies most."""
    excess = filled(divided(sessions, of_exposure), nan=1.0).clip(min=1.0) - 1
    part = 2 * (1 + excess) ** 2 / ((1 + 2 * excess) * (1 + 3 * excess))
    value: Floats = np.minimum(filled(least) * part, np.maximum(sessions - 1, 0.0))
    return value


def of_good(moments: RatioMoments) -> Floats:
    """The effective number of sessions with exposure that is not bad."""
    return effective(moments.x - moments.y, moments.xx - 2 * moments.xy + moments.yy)


def of_ratio(moments: RatioMoments) -> Floats:
    """The degrees of freedom of the variance of y / x, where y is part of x."""
    of_exposure = effective(moments.x, moments.xx)
    of_bad = effective(moments.y, moments.yy)
    least = np.fmin(of_exposure, np.fmin(of_bad, of_good(moments)))
    return freedom(moments.sessions, of_exposure, least)


def of_rate(moments: RatioMoments) -> Floats:
    """The same of y / x in different units."""
    of_exposure = effective(moments.x, moments.xx)
    least = np.fmin(of_exposure, effective(moments.y, moments.yy))
    return freedom(moments.sessions, of_exposure, least)


def reach_of(degrees: Floats) -> Floats:
    """By how many deviations the ends are away; NaN below one degree of freedom. Linearisation
    takes the estimated ratio as the true one, which few sessions pull towards themselves: so much
    larger is the variance."""
    degrees = np.where(degrees >= 1, degrees, np.nan)
    reach: Floats = t_quantile(degrees) * np.sqrt(1 + 1 / degrees)
    return reach


def divided(above: Floats, below: Floats) -> Floats:
    """NaN where nothing is below."""
    value = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=value, where=below > 0)
    return value


def filled(values: Floats, nan: float = 0.0) -> Floats:
    """`nan` in the place of NaN; of short arrays in a fifth of the time of `np.nan_to_num`."""
    value: Floats = np.where(np.isnan(values), nan, values)
    return value
