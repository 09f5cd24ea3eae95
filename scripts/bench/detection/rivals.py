"""Detectors to compare with: a windowed Gaussian, and the band of Prophet as it comes."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.anomalies.forecast.prophet_loading import prophet
from analytics.reports.segments.pandas_loading import pandas
from analytics.stats.scipy_loading import scipy_special

from .labelled import Floats, LabelledSeries

WINDOW, STRIDE = 6400, 100  # of the benchmark's windowed Gaussian, tuned there for its own files
LEARNED_DAYS, REFIT_DAYS = 14, 7


def windowed_gaussian(series: LabelledSeries) -> Floats:
    """1 - the tail probability of each value under the mean and deviation of the values before;
    a gap is as the mean."""
    values = np.nan_to_num(series.values, nan=float(np.nanmean(series.values)))
    index = np.arange(len(values))
    first = np.maximum((index - WINDOW) // STRIDE, 0) * STRIDE
    last = np.where(index < WINDOW, index, first + WINDOW)
    sums, squares = (np.concatenate([[0.0], np.cumsum(each)]) for each in (values, values**2))
    number = np.maximum(last - first, 1)
    mean = (sums[last] - sums[first]) / number
    variance = np.maximum((squares[last] - squares[first]) / number - mean**2, 0.0)
    deviation = np.where(variance > 0, np.sqrt(variance), 1e-6)
    tail = scipy_special().ndtr(-np.abs(values - mean) / deviation)
    return np.where(index > 0, 1.0 - tail, 0.0)


def prophet_band(series: LabelledSeries) -> Floats:
    """1 outside Prophet's own 99 % band, 0 within it, in the first 14 days and in gaps: fitted each
    week to all before, on local wall-clock time."""
    frame = _frame(series)
    step = int(series.timestamps[1] - series.timestamps[0])
    per_day = 86_400 // step
    scores = np.zeros(len(series.values))
    for start in range(LEARNED_DAYS * per_day, len(scores), REFIT_DAYS * per_day):
        model = prophet().Prophet(interval_width=0.99).fit(frame.iloc[:start].dropna())
        week = frame.iloc[start : start + REFIT_DAYS * per_day]
        band = model.predict(week[["ds"]])
        values = week["y"].to_numpy()
        is_out = (values < band["yhat_lower"]) | (values > band["yhat_upper"])
        scores[start : start + len(week)] = is_out
    return scores


def _frame(series: LabelledSeries) -> Any:
    zone = ZoneInfo(series.zone)
    local = [
        datetime.fromtimestamp(second, UTC).astimezone(zone).replace(tzinfo=None)
        for second in series.timestamps.tolist()
    ]
    return pandas().DataFrame({"ds": local, "y": series.values})
