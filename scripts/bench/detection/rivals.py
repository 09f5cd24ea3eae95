"""Detectors to compare with: a windowed Gaussian, and the band of Prophet as it comes."""

from collections.abc import Callable
from types import ModuleType

import numpy as np

from analytics.stats.scipy_loading import scipy_special

from .labelled import Floats, LabelledSeries

WINDOW, STRIDE = 6400, 100  # of the benchmark's windowed Gaussian, tuned there for its own files


def windowed_gaussian(series: LabelledSeries) -> Floats:
    """1 - the tail probability of each value under the mean and deviation of the values before."""
    values = np.nan_to_num(series.values, nan=float(np.nanmean(series.values)))
    index = np.arange(len(values))
    slides = np.maximum((index - WINDOW) // STRIDE, 0)
    first = slides * STRIDE
    last = np.where(index < WINDOW, index, first + WINDOW)
    sums, squares = (np.concatenate([[0.0], np.cumsum(v)]) for v in (values, values**2))
    number = np.maximum(last - first, 1)
    mean = (sums[last] - sums[first]) / number
    variance = np.maximum((squares[last] - squares[first]) / number - mean**2, 0.0)
    deviation = np.where(variance > 0, np.sqrt(variance), 1e-6)
    tail = scipy_special().ndtr(-np.abs(values - mean) / deviation)
    return np.where(index > 0, 1.0 - tail, 0.0)


def prophet_band(
    series: LabelledSeries, prophet: Callable[[], ModuleType], pandas: Callable[[], ModuleType]
) -> Floats:
    """1 outside Prophet's own 99 % band, else 0: fitted each day to all before, local time."""
    raise NotImplementedError
