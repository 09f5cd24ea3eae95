"""Which method a series is expected by, and what it expects: with a fitter that needs no child."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomalies.detection.clock import wall_clock
from analytics.anomalies.detection.kinds import SeriesKind, StepState
from analytics.anomalies.detection.steps import Floats, History, Ints, Steps, Verdicts
from analytics.anomalies.forecast.choice import errors, is_prophet_better
from analytics.anomalies.forecast.expectation import Errors, Expectation, Method, Reason
from analytics.anomalies.forecast.expectations import expectations
from analytics.anomalies.forecast.fit_messages import FitTask
from analytics.anomalies.forecast.prophet_process import (
    ChildEnded,
    FitFailed,
    OutOfTime,
    prophet_process,
)

HOUR, DAY = 3600, 86_400
START = 1_788_220_800  # 2026-09-01 00:00 UTC, a Tuesday
BERLIN = ZoneInfo("Europe/Berlin")


class Fitter:
    """Calls a function of the local hours to predict; counts the tasks."""

    def __init__(self, predict: Callable[[FitTask], Floats]) -> None:
        self._predict, self.tasks = predict, list[FitTask]()

    def fit(self, task: FitTask) -> list[float]:
        self.tasks.append(task)
        return [float(value) for value in self._predict(task)]


def history(values: Floats, step: int = HOUR, zone: ZoneInfo = BERLIN) -> History:
    times: Ints = START + step * np.arange(values.shape[1])
    return History(Steps(times, values), SeriesKind.GAUGE, step, zone)


def ahead(of: History, hours: int = 36) -> Ints:
    end: int = of.steps.timestamps[-1]
    return end + of.step_seconds * np.arange(1, hours * HOUR // of.step_seconds + 1)


def local_curve(times: Ints, zone: ZoneInfo = BERLIN) -> Floats:
    clock = wall_clock(times, zone)
    return 50.0 + 20.0 * np.sin((clock.hour + clock.part) / 24 * 2 * np.pi)


def noisy(days: int, series: int = 1, step: int = HOUR, sd: float = 4.0) -> Floats:
    times: Ints = START + step * np.arange(days * DAY // step)
    noise = np.random.default_rng(3).normal(0.0, sd, (series, len(times)))
    return local_curve(times) + noise


def curve_of_hours(task: FitTask) -> Floats:
    """The truth, as local hours see it."""
    hours = np.array(task.ahead)
    return 50.0 + 20.0 * np.sin((hours % 24) / 24 * 2 * np.pi)


def only(of: History, fitter: Fitter) -> Expectation:
    (result,) = expectations(of, ahead(of), fitter)
    return result


def test_the_better_forecast_is_taken_with_its_last_week() -> None:
    past, fitter = history(noisy(35)), Fitter(curve_of_hours)
    result = only(past, fitter)
    assert (result.method, result.reason) == (Method.PROPHET, None)
    assert result.errors.points == 7 * 24
    assert result.errors.prophet < 0.98 * result.errors.usual_hour
    np.testing.assert_allclose(result.future, local_curve(ahead(past)))
    assert np.isnan(result.past[: 28 * 24]).all()
    np.testing.assert_allclose(
        result.past[28 * 24 :], local_curve(past.steps.timestamps[28 * 24 :])
    )
    week, later = fitter.tasks
    assert max(week.hours) < min(week.ahead)  # compared on what it was not fitted to
    assert max(later.hours) < min(later.ahead)
    assert max(len(week.hours), len(later.hours)) <= 28 * 24


@pytest.mark.parametrize(
    ("predict", "reason"),
    [
        (lambda task: np.zeros(len(task.ahead)), Reason.NO_BETTER),
        (FitFailed("Optimization terminated abnormally"), Reason.FIT_FAILED),
        (OutOfTime("late"), Reason.OUT_OF_TIME),
        (ChildEnded("killed"), Reason.NO_PROCESS),
    ],
)
def test_else_the_usual_hour_and_why(
    predict: Callable[[FitTask], Floats] | Exception, reason: Reason
) -> None:
    def outcome(task: FitTask) -> Floats:
        if isinstance(predict, Exception):
            raise predict
        return predict(task)

    fitter = Fitter(outcome)
    results = expectations(history(noisy(30, series=3)), ahead(history(noisy(30))), fitter)
    assert {(each.method, each.reason) for each in results} == {(Method.USUAL_HOUR, reason)}
    assert all(np.isnan(each.future).all() for each in results)
    if isinstance(predict, OutOfTime | ChildEnded):
        assert len(fitter.tasks) == 1  # a child that ended is not asked again
    assert [each.fault for each in results] == [
        str(predict) if isinstance(predict, Exception) else ""
    ] * 3


def test_a_child_that_ends_between_the_fits_leaves_the_usual_hour() -> None:
    def once(task: FitTask) -> Floats:
        if len(fitter.tasks) > 1:
            raise OutOfTime("late")
        return curve_of_hours(task)

    fitter = Fitter(once)
    result = only(history(noisy(30)), fitter)
    assert (result.method, result.reason) == (Method.USUAL_HOUR, Reason.OUT_OF_TIME)
    assert result.errors.points == 7 * 24
    assert np.isnan(result.past).all()


@pytest.mark.parametrize(
    ("days", "method", "compared"),
    [
        (1, Method.USUAL_HOUR, 0), (2, Method.USUAL_HOUR, 0), (15, Method.USUAL_HOUR, 0),
        (16, Method.PROPHET, 2), (18, Method.PROPHET, 4), (21, Method.PROPHET, 7),
        (30, Method.PROPHET, 7),
    ],
)  # fmt: skip
def test_prophet_is_compared_on_what_14_days_leave(
    days: int, method: Method, compared: int
) -> None:
    result = only(history(noisy(days)), Fitter(curve_of_hours))
    assert (result.method, result.errors.points) == (method, compared * 24)


def test_series_that_cannot_be_fitted_are_not_tried() -> None:
    values = noisy(30, series=5)
    values[0] = 7.0
    values[1, : 20 * 24] = np.nan  # began ten days ago
    values[2, 48:] = np.nan  # silent for four weeks
    values[3] = np.nan
    past, fitter = history(values), Fitter(curve_of_hours)
    reasons = [each.reason for each in expectations(past, ahead(past), fitter)]
    expected = [Reason.CONSTANT, Reason.TOO_SHORT, Reason.TOO_FEW, Reason.TOO_SHORT, None]
    assert reasons == expected
    assert len(fitter.tasks) == 2


def test_no_series_no_expectations() -> None:
    past = history(noisy(30, series=0))
    assert expectations(past, ahead(past), Fitter(curve_of_hours)) == []


def test_gaps_are_left_out() -> None:
    values = noisy(30)
    values[0, 100:150] = np.nan
    values[0, -60:-20] = np.nan
    past, fitter = history(values), Fitter(curve_of_hours)
    result = only(past, fitter)
    assert result.errors.points == 7 * 24 - 40
    assert all(np.isfinite(task.values).all() for task in fitter.tasks)
    assert np.isfinite(result.future).all()


def test_holidays_are_days_off_in_both_fits() -> None:
    past = history(noisy(30))
    monday, thursday = START // DAY + 6, START // DAY + 30
    fitter = Fitter(curve_of_hours)
    only(replace(past, holidays=(monday, thursday)), fitter)
    week, later = fitter.tasks
    assert {hour // 24 for hour, off in zip(week.hours, week.off, strict=True) if off} >= {monday}
    days_off = {hour // 24 for hour, off in zip(later.ahead, later.ahead_off, strict=True) if off}
    assert days_off == {thursday}


@given(usual=st.floats(0.01, 1e6), share=st.floats(0.0, 3.0), points=st.integers(0, 3000))
@settings(max_examples=60)
def test_prophet_has_to_be_two_percent_better(usual: float, share: float, points: int) -> None:
    measured = Errors(usual, usual * share, points)
    if is_prophet_better(measured):
        assert measured.prophet < measured.usual_hour
        assert share < 0.981
        assert points >= 24
    else:
        assert share > 0.979 or points < 24


def verdicts(expected: list[float], anomalous: tuple[int, ...] = ()) -> Verdicts:
    """Of one series."""
    state = np.zeros((1, len(expected)), np.int8)
    state[0, list(anomalous)] = StepState.ANOMALOUS
    empty: Floats = np.full(state.shape, np.nan)
    return Verdicts(
        expected=np.array([expected]), low=empty, high=empty, rho=empty, slow_rho=empty,
        score=empty, p_value=empty, state=state, scale=state,
    )  # fmt: skip


def test_errors_are_of_the_steps_that_both_expected_and_not_both_called_anomalous() -> None:
    nan = np.nan
    values = np.array([[1.0, nan, 3.0, 4.0, 90.0, 20.0]])
    usual = verdicts([2.0, 2.0, nan, 2.0, 2.0, 2.0], anomalous=(4, 5))
    forecast = verdicts([1.0, 1.0, 1.0, 1.0, 1.0, 20.0], anomalous=(4,))
    assert errors(values, usual, forecast) == [Errors(usual_hour=7.0, prophet=1.0, points=3)]
    nothing = verdicts([nan] * 6)
    assert errors(values, usual, nothing)[0].points == 0


def test_a_child_killed_by_its_deadline_leaves_the_usual_hour(tmp_path: Path) -> None:
    past = history(noisy(30, series=2))
    with prophet_process(tmp_path, 0.05) as process:
        results = expectations(past, ahead(past), process)
    assert [(each.method, each.reason) for each in results] == [
        (Method.USUAL_HOUR, Reason.OUT_OF_TIME)
    ] * 2


def test_incidents_of_the_past_are_cut_before_the_fit() -> None:
    values = noisy(35)
    values[0, 20 * 24 + 8 : 20 * 24 + 10] += 400.0  # two weeks before the week compared
    values[0, -30:-28] += 400.0  # in it
    past, fitter = history(values), Fitter(curve_of_hours)
    only(past, fitter)
    assert [max(task.values) < 250.0 for task in fitter.tasks] == [True, True]


def test_an_incident_that_nobody_foresaw_outweighs_no_week() -> None:
    values = noisy(35)
    values[0, -30:-24] += 400.0
    result = only(history(values), Fitter(curve_of_hours))
    assert result.method is Method.PROPHET
    assert result.errors.points <= 7 * 24 - 5
    assert result.errors.usual_hour < 6.0
