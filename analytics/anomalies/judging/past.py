"""Fits a portion of series to its history: bands, memory, past verdicts, the hours to come; pure
but for the process that forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from analytics.anomalies.detection.bands import Bands
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import Floats, History, Ints, Steps, Verdicts
from analytics.anomalies.forecast.expectation import Expectation
from analytics.anomalies.forecast.expectations import Fitter, expectations
from analytics.anomalies.judging.marks import gap_limits, plausible
from analytics.anomalies.judging.stored import Record, StoredBands, forecast_values
from analytics.anomalies.series import records
from analytics.anomalies.series.catalogue import JUDGED, JudgedMetric
from analytics.anomalies.series.reading import SeriesArrays

AHEAD_SECONDS = 36 * 3600  # a fit a day, and room for one that is late


@dataclass(frozen=True, slots=True)
class PortionHistory:
    """The past of series of one app and length of steps; `holidays` are days since 1970-01-01."""

    arrays: SeriesArrays
    step_seconds: int
    zone: str
    holidays: tuple[int, ...]

    @property
    def until(self) -> int:
        """The end of the last step, a Unix second."""
        return int(self.arrays.timestamps[-1]) + self.step_seconds

    @property
    def ahead(self) -> Ints:
        """The steps to come, [F]."""
        return self.until + np.arange(AHEAD_SECONDS // self.step_seconds) * self.step_seconds


@dataclass(frozen=True, slots=True)
class SeriesResult:
    """The fit of one series: what is stored of it, with the verdicts on its past [1, T] and on the
    steps to come [1, F]."""

    expectation: Expectation
    bands: StoredBands
    memory: Record
    designed_rate: float | None
    measured_rate: float | None
    past: Verdicts
    ahead: Verdicts


def fitted(history: PortionHistory, fitter: Fitter) -> list[SeriesResult]:
    """The fits of all series, in their order; those of one kind and direction at once."""
    arrays = history.arrays
    limits = gap_limits(arrays.values, arrays.keys)
    groups: dict[tuple[object, ...], list[int]] = {}
    metrics = [JUDGED[key.source, key.metric] for key in arrays.keys]
    for row, metric in enumerate(metrics):
        groups.setdefault((metric.kind, metric.worse), []).append(row)
    results: dict[int, SeriesResult] = {}
    for rows in groups.values():
        group = _group(history, rows, metrics[rows[0]], limits[rows], fitter)
        results |= dict(zip(rows, group, strict=True))
    return [results[row] for row in range(len(metrics))]


def _group(
    portion: PortionHistory, rows: Sequence[int], metric: JudgedMetric, limits: Floats,
    fitter: Fitter,
) -> list[SeriesResult]:  # fmt: skip
    history = _history(portion, rows, metric)
    expected = expectations(history, portion.ahead, fitter)
    past = np.stack([each.past for each in expected])
    replayed = replay(_with_expected(history, past))
    verdicts = plausible(
        replayed.verdicts, history.steps, (metric.kind, metric.worse), np.full(len(rows), np.nan)
    )
    future = np.stack([each.future for each in expected])
    ahead, _ = judge(replayed.bands, replayed.memory, _ahead(portion, replayed.bands, future))
    bands = records.bands_records(replayed.bands)
    memory = records.memory_records(replayed.memory)
    return [
        SeriesResult(
            each,
            StoredBands(
                bands[row], float(limits[row]), int(portion.ahead[0]), forecast_values(each.future)
            ),
            memory[row],
            _rate(replayed.bands.designed_rate[row]),
            _rate(replayed.bands.measured_rate[row]),
            _series_of(verdicts, row),
            _series_of(ahead, row),
        )
        for row, each in enumerate(expected)
    ]


def _history(portion: PortionHistory, rows: Sequence[int], metric: JudgedMetric) -> History:
    arrays, numbers = portion.arrays, list(rows)
    is_traffic = [JUDGED[key.source, key.metric].is_traffic for key in arrays.keys]
    values = arrays.values[numbers]
    steps = Steps(
        arrays.timestamps,
        np.where(np.array(is_traffic)[numbers, None], _from_first(values), values),
        arrays.n[numbers] if metric.kind is SeriesKind.RATIO else None,
    )
    return History(
        steps, metric.kind, portion.step_seconds, ZoneInfo(portion.zone), metric.worse,
        portion.holidays,
    )  # fmt: skip


def _from_first(values: Floats) -> Floats:
    """Without the zeros before the first traffic."""
    is_before = np.cumsum(np.nan_to_num(values), axis=1) == 0
    return np.where(is_before, np.nan, values)


def _with_expected(history: History, past: Floats) -> History:
    if not np.isfinite(past).any():
        return history
    return replace(history, steps=replace(history.steps, expected=past))


def _ahead(portion: PortionHistory, bands: Bands, future: Floats) -> Steps:
    """The steps to come, without values; of ratios with the usual trials."""
    is_ratio = bands.kind is SeriesKind.RATIO
    trials = np.repeat(bands.trials[:, None], future.shape[1], axis=1) if is_ratio else None
    return Steps(portion.ahead, np.full(future.shape, np.nan), trials, future)


def _series_of(verdicts: Verdicts, row: int) -> Verdicts:
    names = Verdicts.__dataclass_fields__
    return Verdicts(**{name: getattr(verdicts, name)[row : row + 1] for name in names})


def _rate(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
