"""Deviates of few events by exact tails, of many on the scale; the false discovery rate."""

import numpy as np

from analytics.anomalies.detection.exact.counts import count_deviate
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.scale import COUNT_SD, expected_to_scale, to_scale
from analytics.anomalies.detection.steps import Floats, Steps
from analytics.anomalies.detection.tails import deviates


def deviates_of_counts(values: Floats, mean: float) -> Floats:
    scaled = to_scale(SeriesKind.COUNT, values)
    residuals = scaled - expected_to_scale(SeriesKind.COUNT, np.full(values.shape, mean))
    steps = Steps(np.arange(values.shape[1]), values)
    sizes = np.ones_like(values)
    return deviates(SeriesKind.COUNT, steps, scaled, residuals, (sizes, COUNT_SD * sizes))


def test_few_events_are_judged_by_the_tails_about_what_their_residual_is_of() -> None:
    few, many = np.array([[0.0, 9.0, 20.0, np.nan]]), np.array([[300.0]])
    exact = count_deviate(few, np.full(few.shape, 8.0), np.ones_like(few))
    judged = deviates_of_counts(few, 8.0)
    np.testing.assert_allclose(judged[0, [0, 2]], exact[0, [0, 2]], rtol=1e-6)
    assert 0.0 < judged[0, 1] < 1.0
    assert np.isnan(judged[0, 3])
    on_scale = (to_scale(SeriesKind.COUNT, many) - np.sqrt(200.25)) / COUNT_SD
    np.testing.assert_allclose(deviates_of_counts(many, 200.0), on_scale)
