"""Bands are left as often as designed, at night as by day; judging goes on where fitting ended."""

from dataclasses import fields

import numpy as np
import pytest

from analytics.anomalies.detection.calibration import designed_rates
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import SeriesKind, StepState, Worse
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.severity import Severity, severity
from analytics.anomalies.detection.steps import History, Steps, Verdicts

from .series import HOUR, usual

CALIBRATED = 24 * 35
CERTAIN, STEPS_TOGETHER = 2.6, 2.0  # deviations of 99 of 100


SERIES = {
    SeriesKind.GAUGE: 60,
    SeriesKind.LATENCY: 60,
    SeriesKind.COUNT: 100,
    SeriesKind.RATIO: 100,
}


@pytest.mark.parametrize("kind", list(SeriesKind))
def test_a_band_is_left_as_often_as_designed(kind: SeriesKind) -> None:
    past = usual(kind, SERIES[kind], 63)
    result = replay(History(Steps(past.timestamps, past.values, past.trials), kind, HOUR))
    judged = result.verdicts.rho[:, CALIBRATED:] > 1.0
    night = (past.timestamps[CALIBRATED:] // HOUR) % 24 < 6
    designed = sum(designed_rates(kind, HOUR))
    for steps in (judged, judged[:, ~night], judged[:, night]):
        assert_near(steps.mean(), designed, steps.size)
    assert_near(result.bands.measured_rate.mean(), designed, SERIES[kind] * 28 * 24)


def assert_near(share: float, designed: float, steps: int) -> None:
    """The interval of the true rate, for a measured `share` of so many `steps`, reaches within 1.5x
    of the designed one: steps outside come in twos, as the sustained scale stays beyond its band
    for a while, so their number varies by twice that of independent ones."""
    number, expected = share * steps, designed * steps
    reach = CERTAIN * (STEPS_TOGETHER * max(number, 1.0)) ** 0.5
    assert number + reach > expected / 1.5
    assert number - reach < 1.5 * expected


@pytest.mark.parametrize("level", [0.5, 4.0, 300.0])
@pytest.mark.parametrize("kind", [SeriesKind.COUNT, SeriesKind.RATIO])
def test_a_step_is_beyond_the_drawn_band_where_it_is_judged_so(
    kind: SeriesKind, level: float
) -> None:
    rng = np.random.default_rng(int(level))
    times = HOUR * np.arange(24 * 20, dtype=np.int64)
    shape = level * (1.2 + np.sin(times / 86_400 * 2.0 * np.pi)) * np.ones((4, 1))
    values, trials = rng.poisson(shape).astype(np.float64), None
    if kind is SeriesKind.RATIO:
        trials = rng.poisson(10.0 * shape).astype(np.float64) + 1.0
        values = rng.binomial(trials.astype(np.int64), 0.1) / trials
    values[:, -60:-50] = values[:, -60:-50] * 5.0 if trials is None else 0.9
    verdicts = replay(History(Steps(times, values, trials), kind, HOUR)).verdicts
    is_judged = np.isin(verdicts.state, (StepState.OK, StepState.ANOMALOUS))
    is_sudden = is_judged & (verdicts.rho > np.maximum(verdicts.slow_rho, 1.0))
    is_out = (values < verdicts.low - 1e-9) | (values > verdicts.high + 1e-9)
    assert is_out[is_sudden].all()
    assert (verdicts.rho[is_judged & is_out] > 1.0).all()
    assert is_sudden.any()


def test_judging_goes_on_where_fitting_ended() -> None:
    past = usual(SeriesKind.COUNT, 3, 31)
    end = 24 * 30
    steps = Steps(past.timestamps, past.values)
    at_once = replay(History(steps, SeriesKind.COUNT, HOUR)).verdicts
    before = replay(History(steps.sliced(0, end), SeriesKind.COUNT, HOUR))
    memory, parts = before.memory, []
    for hour in range(end, end + 24):
        verdicts, memory = judge(before.bands, memory, steps.sliced(hour, hour + 1))
        parts.append(verdicts)
    for field in fields(Verdicts):
        apart = np.concatenate([getattr(part, field.name) for part in parts], axis=1)
        np.testing.assert_allclose(apart, getattr(at_once, field.name)[:, end:])


def test_states_of_what_is_not_judged() -> None:
    past = usual(SeriesKind.GAUGE, 1, 20)
    values = past.values.copy()
    values[0, -40:-30] = values[0, -41]
    values[0, -5] = np.nan
    state = replay(History(Steps(past.timestamps, values), SeriesKind.GAUGE, HOUR)).verdicts.state
    assert (state[0, :24] == StepState.LEARNING).all()
    assert state[0, -31] == StepState.FROZEN
    assert state[0, -5] == StepState.NO_DATA


def test_too_few_trials_say_nothing() -> None:
    past = usual(SeriesKind.RATIO, 1, 20)
    assert past.trials is not None
    values, trials = past.values.copy(), past.trials.copy()
    trials[0, -1], values[0, -1] = 1.0, 1.0
    history = History(Steps(past.timestamps, values, trials), SeriesKind.RATIO, HOUR)
    verdicts = replay(history).verdicts
    assert verdicts.state[0, -1] in (StepState.TOO_FEW, StepState.OK)
    assert verdicts.rho[0, -1] < 1.0


def test_bands_are_cut_to_what_is_possible() -> None:
    past = usual(SeriesKind.RATIO, 2, 20)
    history = History(Steps(past.timestamps, past.values, past.trials), SeriesKind.RATIO, HOUR)
    verdicts = replay(history).verdicts
    learnt = np.isfinite(verdicts.low)
    assert (verdicts.low[learnt] >= 0.0).all()
    assert (verdicts.high[learnt] <= 1.0).all()
    assert (verdicts.low[learnt] <= verdicts.expected[learnt]).all()


def test_a_return_to_the_usual_is_no_incident() -> None:
    past = usual(SeriesKind.GAUGE, 5, 30)
    values = past.values.copy()
    values[:, -48:-36] *= 1.6
    verdicts = replay(History(Steps(past.timestamps, values), SeriesKind.GAUGE, HOUR)).verdicts
    assert (verdicts.state[:, -48:-36] == StepState.ANOMALOUS).any(axis=1).all()
    assert (verdicts.rho[:, -33:] > 1.5).sum() <= 1


def test_a_direction_halves_no_rate() -> None:
    past = usual(SeriesKind.LATENCY, 40, 60)
    steps = Steps(past.timestamps, past.values)
    result = replay(History(steps, SeriesKind.LATENCY, HOUR, worse=Worse.UP))
    judged = result.verdicts.rho[:, CALIBRATED:] > 1.0
    assert_near(judged.mean(), result.bands.designed_rate[0], judged.size)


def test_severity_by_rho() -> None:
    names = [severity(rho) for rho in (1.0, 1.05, 1.5, 2.5, float("nan"))]
    assert names == [None, Severity.LOW, Severity.MEDIUM, Severity.HIGH, None]
