"""Which steps begin an incident: few by chance, however many series are judged at once; pure."""

import numpy as np

from analytics.anomalies.detection.steps import Floats, Mask
from analytics.stats.inference.false_discovery import adjusted_p

FALSE_A_DAY = 0.25  # incidents that chance alone begins, of one family of series
DAY_SECONDS = 86_400


def discoveries(p_values: Floats, step_seconds: int) -> Mask:
    """Of the p-values [S, T] of a family of series those that cannot be chance, in each step by
    Benjamini and Hochberg (1995) at a level that makes a false one in four days: where many series
    leave their bands at once a smaller deviation of each is enough."""
    level = FALSE_A_DAY * step_seconds / DAY_SECONDS
    is_real = np.zeros(p_values.shape, dtype=np.bool)
    for step in np.flatnonzero((p_values <= level).any(axis=0)):
        is_real[:, step] = adjusted_p(p_values[:, step]) <= level
    return is_real
