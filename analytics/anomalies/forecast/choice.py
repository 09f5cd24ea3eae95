"""Which method a series is expected by: the one with the smaller error on the last week.

Both were fitted to what was before that week and judged step by step with the same short memory, so
that the errors are those that an alarm would have come from.
"""

import numpy as np

from analytics.anomalies.detection.steps import Floats

from .expectation import Errors

LEAST_GAIN = 0.02  # of the error of the usual hour; below, the simpler method is as good
LEAST_POINTS = 24


def errors(values: Floats, usual: Floats, forecast: Floats) -> Errors:
    """The errors of one series, arrays [W], over the steps where all three are known."""
    is_real = np.isfinite(values) & np.isfinite(usual) & np.isfinite(forecast)
    if not is_real.any():
        return Errors()
    return Errors(
        usual_hour=float(np.abs(values - usual)[is_real].mean()),
        prophet=float(np.abs(values - forecast)[is_real].mean()),
        points=int(is_real.sum()),
    )


def is_prophet_better(measured: Errors) -> bool:
    """Whether Prophet's error is at least 2 % smaller, over 24 steps or more."""
    if measured.points < LEAST_POINTS:
        return False
    return measured.prophet < (1.0 - LEAST_GAIN) * measured.usual_hour
