"""Which method a series is expected by: the one with the smaller error on the last week.

Both were fitted to what was before that week and judged step by step with the same short memory, so
that the errors are those that an alarm would have come from.
"""

import numpy as np

from analytics.anomalies.detection.kinds import StepState
from analytics.anomalies.detection.steps import Floats, Verdicts

from .expectation import Errors

LEAST_GAIN = 0.02  # of the error of the usual hour; below, the simpler method is as good
LEAST_POINTS = 24


def errors(values: Floats, usual: Verdicts, forecast: Verdicts) -> list[Errors]:
    """Of S series with the verdicts on them by either method, [S, W].

    Over the steps where both expected something, but those that are anomalous by both: no method
    foresees an incident, and a single one would outweigh a week.
    """
    is_out = (usual.state == StepState.ANOMALOUS) & (forecast.state == StepState.ANOMALOUS)
    counted = np.where(is_out, np.nan, values)
    rows = zip(counted, usual.expected, forecast.expected, strict=True)
    return [_errors(*row) for row in rows]


def _errors(values: Floats, usual: Floats, forecast: Floats) -> Errors:
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
