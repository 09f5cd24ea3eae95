"""The one Prophet model that all series are fitted with.

Flat growth, so that a level lasts and the past has no slope; a weekly curve; the levels and the
daily curves of working days and of days off apart. A holiday is a day off: Prophet's own holiday
terms know only days that lie in the few weeks of the fit, and a day to come rarely does. Measured
on simulated office traffic, the error on a Thursday that is a holiday: 4.1 (standard deviations of
the noise) without holidays, 2.5 with Prophet's, 0.5 so. The weekly curve is held back, since it
would else take the step between working days and days off from its own term.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.reports.segments.pandas_loading import pandas

from .fit_messages import FitTask
from .prophet_loading import prophet

if TYPE_CHECKING:
    from pandas import DataFrame

WEEKLY_ORDER, WEEKLY_PRIOR = 3, 0.5
DAILY_ORDER = 4
WORK, OFF, LEVEL_OFF = "work", "off", "level_off"


def predicted(task: FitTask) -> list[float]:
    """The values of `task.ahead` on the scale of the kind.

    Only these are predicted, and without intervals: predicting the past costs more than the fit.
    Raises whatever Prophet and Stan raise.
    """
    model = _model()
    model.fit(_frame(task.hours, task.off, task.values))
    values = model.predict(_frame(task.ahead, task.ahead_off))["yhat"]
    return [float(value) for value in values]


def _model() -> Any:
    model = prophet().Prophet(
        growth="flat",
        n_changepoints=0,
        yearly_seasonality=False,
        weekly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
    )
    model.add_seasonality("weekly", 7, WEEKLY_ORDER, prior_scale=WEEKLY_PRIOR)
    model.add_regressor(LEVEL_OFF, standardize=False)
    model.add_seasonality("daily at work", 1, DAILY_ORDER, condition_name=WORK)
    model.add_seasonality("daily off", 1, DAILY_ORDER, condition_name=OFF)
    return model


def _frame(hours: list[int], off: list[bool], values: list[float] | None = None) -> "DataFrame":
    is_off = np.array(off, dtype=np.bool)
    columns = {
        "ds": np.array(hours, dtype="datetime64[h]").astype("datetime64[ns]"),
        WORK: ~is_off,
        OFF: is_off,
        LEVEL_OFF: is_off.astype(np.float64),
    }
    if values is not None:
        columns["y"] = np.array(values, dtype=np.float64)
    return pandas().DataFrame(columns)
