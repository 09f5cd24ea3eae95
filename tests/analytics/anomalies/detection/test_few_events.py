"""Events so rare that most steps have none: what is expected is their mean, and they are no
incident each."""

import numpy as np
import pytest

from analytics.anomalies.detection.kinds import SeriesKind, Worse
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.scale import by_chance, expected_to_scale, to_scale
from analytics.anomalies.detection.severity import LOW
from analytics.anomalies.detection.steps import Floats, History, Steps, Verdicts

STEP, DAYS, SERIES = 300, 28, 10
TIMES = 1_790_000_000 // 86_400 * 86_400 + STEP * np.arange(DAYS * 288)
LAST_WEEK = slice(-7 * 288, None)
DAY_SHAPE = 0.15 + np.exp(-0.5 * ((TIMES % 86_400 / 3600 - 13.0) / 4.0) ** 2)


def verdicts(kind: SeriesKind, values: Floats, trials: Floats | None = None) -> Verdicts:
    return replay(History(Steps(TIMES, values, trials), kind, STEP, worse=Worse.UP)).verdicts


def beyond(judged: Verdicts) -> float:
    return float((judged.rho[:, LAST_WEEK] > LOW).mean())


@pytest.mark.parametrize("rate", [0.005, 0.02, 0.2, 1.0])
def test_of_rare_counts_the_mean_is_expected_and_chance_begins_no_incidents(rate: float) -> None:
    mean = np.broadcast_to(rate * DAY_SHAPE / DAY_SHAPE.mean(), (SERIES, len(TIMES)))
    values = np.random.default_rng(8).poisson(mean).astype(np.float64)
    judged = verdicts(SeriesKind.COUNT, values)
    expected = np.nanmean(judged.expected[:, LAST_WEEK])
    assert 0.6 * rate < expected < 1.8 * rate, expected
    assert beyond(judged) < 0.0005
    assert np.nansum(judged.high[:, LAST_WEEK] - judged.expected[:, LAST_WEEK]) > 0


@pytest.mark.parametrize(("share", "trials"), [(0.0005, 100), (0.002, 100), (0.02, 50)])
def test_of_rare_failures_the_share_is_expected(share: float, trials: int) -> None:
    generator = np.random.default_rng(8)
    mean = np.broadcast_to(trials * DAY_SHAPE, (SERIES, len(TIMES)))
    tried = generator.poisson(mean).astype(np.float64)
    failed = generator.binomial(tried.astype(int), share)
    values = np.where(tried > 0, failed / np.maximum(tried, 1.0), np.nan)
    judged = verdicts(SeriesKind.RATIO, values, tried)
    weighted = np.nansum(judged.expected[:, LAST_WEEK] * tried[:, LAST_WEEK])
    assert 0.7 < weighted / tried[:, LAST_WEEK].sum() / share < 1.4
    assert beyond(judged) < 0.0005


@pytest.mark.parametrize("mean", [0.01, 0.3, 2.0, 20.0, 300.0])
def test_the_mean_on_the_scale_is_what_is_expected_and_what_chance_adds(mean: float) -> None:
    generator, many = np.random.default_rng(9), 400_000
    counts = generator.poisson(mean, many).astype(np.float64)
    center = expected_to_scale(SeriesKind.COUNT, np.array([mean]))
    measured = to_scale(SeriesKind.COUNT, counts).mean() - center[0]
    assert measured == pytest.approx(by_chance(SeriesKind.COUNT, center)[0], abs=0.003)
    for trials in (5.0, 60.0, 2_000.0):
        for share in (min(mean / trials, 0.4), 1.0 - min(mean / trials, 0.4)):
            successes = generator.binomial(int(trials), share, many) / trials
            tried, center = np.full(many, trials), np.array([np.arcsin(np.sqrt(share))])
            measured = to_scale(SeriesKind.RATIO, successes, tried).mean() - center[0]
            computed = by_chance(SeriesKind.RATIO, center, tried[:1])[0]
            assert measured == pytest.approx(computed, abs=0.1 / np.sqrt(4.0 * trials + 2.0))
