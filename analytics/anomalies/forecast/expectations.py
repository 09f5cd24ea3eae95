"""Expectations of many series: Prophet compared with the usual hour, fitted again where it won."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from analytics.anomalies.detection.clock import DAY_SECONDS
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import StepState
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import Floats, History, Ints, Verdicts

from . import choice, hourly
from .expectation import Errors, Expectation, Method, Reason
from .fit_messages import FitTask
from .hourly import Hourly
from .prophet_process import FitFailed, ForecastFault, OutOfTime

COMPARED_DAYS = 7
LEAST_COMPARED_DAYS = 2
AT_ONCE = 50  # series compared before the first of them is forecast: what an early end costs


class Fitter(Protocol):
    """Fits one series; `ProphetProcess` in production."""

    def fit(self, task: FitTask) -> list[float]:
        """Predictions of `task.ahead`. Raises `ForecastFault`."""


def expectations(history: History, ahead: Ints, fitter: Fitter) -> list[Expectation]:
    """One for each series of `history`, for the steps `ahead` [F], Unix seconds of their starts.

    A series is compared on its last week (2 to 7 days, after 14 days of values): fitted to what was
    before it, judged step by step. It is fitted again, to all, only where Prophet was better. Once
    the fitter ends or is out of time, all further series are expected by the usual hour.
    """
    blank = _blank(history, len(ahead))
    compared = _compared_steps(history)
    if not blank or compared < LEAST_COMPARED_DAYS * DAY_SECONDS // history.step_seconds:
        return blank
    return _Forecasting(history, ahead, fitter, len(history.steps.timestamps) - compared).run(blank)


@dataclass(frozen=True, slots=True)
class _Fit:
    """What became of one fit: values on the steps, or why there are none."""

    values: Floats | None
    reason: Reason | None = None
    fault: str = ""


class _Forecasting:
    def __init__(self, history: History, ahead: Ints, fitter: Fitter, split: int) -> None:
        self._history, self._ahead, self._fitter, self._split = history, ahead, fitter, split
        steps = history.steps
        self._before = replace(history, steps=steps.sliced(0, split))
        self._week = steps.sliced(split, len(steps.timestamps))
        self._end: _Fit | None = None
        replayed = replay(self._before)
        self._bands, self._memory = replayed.bands, replayed.memory
        self._usual = self._judged(None)
        past = _cleaned(self._before.steps.values, replayed.verdicts)
        values = np.concatenate([past, _cleaned(self._week.values, self._usual)], axis=1)
        self._past_rows = hourly.hourly(self._before, past)
        self._rows = hourly.hourly(history, values)

    def run(self, blank: list[Expectation]) -> list[Expectation]:
        """The expectations, in the order of the series."""
        results, unfit = list(blank), self._unfit()
        for series, reason in unfit.items():
            results[series] = replace(blank[series], reason=reason)
        for group in _groups([n for n in range(len(blank)) if n not in unfit]):
            for series, result in self._group(group, blank):
                results[series] = result
        return results

    def _group(
        self, group: Sequence[int], blank: list[Expectation]
    ) -> Iterator[tuple[int, Expectation]]:
        weeks = {n: self._fit(self._past_rows, n, self._week.timestamps) for n in group}
        expected = np.full(self._week.values.shape, np.nan)
        for series, fit in weeks.items():
            if fit.values is not None:
                expected[series] = fit.values
        errors = choice.errors(self._week.values, self._usual, self._judged(expected))
        for series, fit in weeks.items():
            if fit.values is None:
                yield series, _without(blank[series], fit, Errors())
                continue
            yield series, self._decided(errors[series], series, fit.values, blank[series])

    def _decided(
        self, measured: Errors, series: int, week: Floats, blank: Expectation
    ) -> Expectation:
        if not choice.is_prophet_better(measured):
            return _without(blank, _Fit(None, Reason.NO_BETTER), measured)
        fit = self._fit(self._rows, series, self._ahead)
        if fit.values is None:
            return _without(blank, fit, measured)
        past = blank.past.copy()
        past[self._split :] = week
        return Expectation(Method.PROPHET, None, measured, past, fit.values)

    def _fit(self, rows: Hourly, series: int, timestamps: Ints) -> _Fit:
        if self._end is not None:
            return self._end
        at = hourly.positions(timestamps, self._history)
        task = hourly.task(rows, series, at)
        try:
            predicted = self._fitter.fit(task)
        except FitFailed as fault:
            return _Fit(None, Reason.FIT_FAILED, str(fault))
        except ForecastFault as fault:
            is_late = isinstance(fault, OutOfTime)
            self._end = _Fit(None, Reason.OUT_OF_TIME if is_late else Reason.NO_PROCESS, str(fault))
            return self._end
        return _Fit(hourly.on_steps(self._history, task, predicted, at))

    def _judged(self, expected: Floats | None) -> Verdicts:
        """The verdicts on the last week with forecasts [S, W], NaN for the usual hour."""
        return judge(self._bands, self._memory, replace(self._week, expected=expected))[0]

    def _unfit(self) -> dict[int, Reason]:
        """The series Prophet is not tried on."""
        reasons = {
            series: _reason(self._before, self._past_rows, series)
            for series in range(len(self._week.values))
        }
        return {series: reason for series, reason in reasons.items() if reason is not None}


def _cleaned(values: Floats, verdicts: Verdicts) -> Floats:
    """Values with anomalous ones cut to their band: a fit by least squares would follow them."""
    is_out = verdicts.state == StepState.ANOMALOUS
    return np.where(is_out, np.clip(values, verdicts.low, verdicts.high), values)


def _reason(before: History, rows: Hourly, series: int) -> Reason | None:
    if not hourly.has_days(before, series):
        return Reason.TOO_SHORT
    if not hourly.has_hours(rows, series):
        return Reason.TOO_FEW
    return Reason.CONSTANT if hourly.is_constant(rows, series) else None


def _blank(history: History, ahead: int) -> list[Expectation]:
    """By the usual hour, or learning, with the reason that holds for a short history."""
    past, future = np.full(len(history.steps.timestamps), np.nan), np.full(ahead, np.nan)
    return [
        Expectation(_method(values, history.step_seconds), Reason.TOO_SHORT, Errors(), past, future)
        for values in history.steps.values
    ]


def _method(values: Floats, step_seconds: int) -> Method:
    """Learning until there is a usual hour: a day from the first value on."""
    real = np.flatnonzero(np.isfinite(values))
    seconds = (len(values) - real[0]) * step_seconds if len(real) else 0
    return Method.USUAL_HOUR if seconds >= DAY_SECONDS else Method.LEARNING


def _compared_steps(history: History) -> int:
    days = len(history.steps.timestamps) * history.step_seconds / DAY_SECONDS
    compared = min(COMPARED_DAYS, int(days) - hourly.LEAST_DAYS)
    return max(0, compared) * DAY_SECONDS // history.step_seconds


def _without(blank: Expectation, fit: _Fit, measured: Errors) -> Expectation:
    return replace(blank, reason=fit.reason, errors=measured, fault=fit.fault)


def _groups(series: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(series), AT_ONCE):
        yield series[start : start + AT_ONCE]
