"""The values of a series per step and over the range, from arrays; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.query import formula
from analytics.query.arrays import Arrays
from analytics.query.formula import Calculation, Values
from analytics.query.series import Series

DECIMALS = 6
_PER_ROW = (Calculation.COUNT, Calculation.RATE)


@dataclass(frozen=True, slots=True)
class SeriesValue:
    """A value with its `n`: reports or samples of a count or rate, trials of a ratio, durations of
    a percentile. `low` and `high` are a ratio's 95 % interval."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


NO_VALUE = SeriesValue(None, 0)


@dataclass(frozen=True, slots=True)
class ComputedSeries:
    """A series: (step start, value) of the steps that have one, and the value over the range."""

    series: Series
    points: list[tuple[datetime, SeriesValue]]
    over_range: SeriesValue


def compute_series(series: Series, arrays: Arrays) -> ComputedSeries:
    """The values of one series of the first label set."""
    steps = _values(series, arrays)
    points = [
        (start, value)
        for start, value in zip(arrays.grid.edges, steps, strict=False)
        if value.value is not None
    ]
    over_range = _values(series, arrays.over_range())[0] if points else NO_VALUE
    return ComputedSeries(series, points, over_range)


def _values(series: Series, arrays: Arrays) -> list[SeriesValue]:
    values = formula.values(series.formula, arrays)
    calculation = series.formula.calculation
    missing = np.isnan(values.value[0])
    if calculation in _PER_ROW:  # no rows, no count of 0
        missing |= arrays.observed[0] == 0
    columns = _columns(values, calculation)
    return [
        NO_VALUE if is_missing else SeriesValue(value, int(n), low, high)
        for is_missing, value, n, low, high in zip(missing, *columns, strict=True)
    ]


def _columns(values: Values, calculation: Calculation) -> Sequence[Sequence[float | None]]:
    decimals = 0 if calculation is Calculation.COUNT else DECIMALS
    value, n, low, high = (
        [round(number, decimals) for number in each[0].tolist()]  # np.round is a digit off
        for each in (values.value, values.n, values.low, values.high)
    )
    if calculation is not Calculation.SHARE:
        low = high = [None] * len(value)
    return value, n, low, high
