"""The bench of Prophet: its series are such as it is fitted to."""

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind
from scripts.bench.detection.forecast import simulated


def test_simulated_series_have_days_and_weeks() -> None:
    history = simulated(3, np.random.default_rng(1))
    values = history.steps.values
    assert (history.kind, values.shape) == (SeriesKind.COUNT, (3, 42 * 24))
    assert (values >= 0).all()
    days = values.reshape(3, 42, 24)
    assert (days.mean(axis=1).max(axis=1) > 3 * days.mean(axis=1).min(axis=1)).all()
