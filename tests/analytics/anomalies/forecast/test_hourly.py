"""Series by the local hour: thinned for the fit, and predictions back on their steps."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.anomalies.detection.clock import wall_clock
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.steps import Floats, History, Ints, Steps
from analytics.anomalies.forecast.fit_messages import FitTask
from analytics.anomalies.forecast.hourly import hourly, on_steps, positions, task

HOUR, DAY, FIVE_MINUTES = 3600, 86_400, 300
ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]


def seconds(day: str) -> int:
    return int(np.datetime64(day, "s").astype(np.int64))


def local_curve(times: Ints, step: int, zone: str) -> Floats:
    """A level by the clock on the wall in the middle of each step."""
    clock = wall_clock(times, ZoneInfo(zone))
    middle = clock.hour + (clock.part + step / 2 / HOUR if step < HOUR else 0.5)
    return 50.0 + 20.0 * np.sin(middle / 24 * 2 * np.pi)


def hour_means(fit: FitTask) -> list[float]:
    """A forecast as Prophet makes it, from the local hours of the task alone."""
    hours, values = np.array(fit.hours) % 24, np.array(fit.values)
    means = np.array([values[hours == hour].mean() for hour in range(24)])
    return [float(mean) for mean in means[np.array(fit.ahead) % 24]]


def history(times: Ints, values: Floats, step: int, zone: str, kind: SeriesKind) -> History:
    return History(Steps(times, values[None]), kind, step, ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("first", ["2026-03-01", "2026-09-27"])  # the clocks change in week five
@pytest.mark.parametrize("step", [HOUR, FIVE_MINUTES])
def test_a_clock_change_moves_no_hour(zone: str, first: str, step: int) -> None:
    times = seconds(first) + step * np.arange(42 * DAY // step)
    values = local_curve(times, step, zone)
    split = 28 * DAY // step
    past = history(times[:split], values[:split], step, zone, SeriesKind.GAUGE)
    at = positions(times[split:], past)
    fit = task(hourly(past), 0, at)
    forecast = on_steps(past, fit, hour_means(fit), at)
    assert len(fit.hours) <= 28 * 24
    assert np.abs(forecast - values[split:]).max() < 0.5


def test_the_hour_that_comes_twice_is_one_row() -> None:
    times = seconds("2026-10-24T22:00") + HOUR * np.arange(25)  # the longest day of Berlin
    past = history(times, np.arange(25.0), HOUR, "Europe/Berlin", SeriesKind.GAUGE)
    rows = hourly(past)
    assert rows.levels.shape == (1, 24)
    assert rows.levels[0, 1:4].tolist() == [1.0, 2.5, 4.0]


def test_the_hour_that_is_left_out_has_no_row() -> None:
    times = seconds("2026-03-28T23:00") + HOUR * np.arange(23)
    past = history(times, np.arange(23.0), HOUR, "Europe/Berlin", SeriesKind.GAUGE)
    rows = hourly(past)
    assert np.flatnonzero(np.isnan(rows.levels[0])).tolist() == [2]
    assert len(task(rows, 0, np.array([10.0])).hours) == 23


def test_ratios_are_thinned_by_their_trials() -> None:
    times = seconds("2026-06-01") + FIVE_MINUTES * np.arange(12)
    share = np.where(np.arange(12) == 0, 1.0, 0.1)
    trials = np.where(np.arange(12) == 0, 1.0, 100.0)
    steps = Steps(times, share[None], trials[None])
    rows = hourly(History(steps, SeriesKind.RATIO, FIVE_MINUTES))
    expected = (1.0 + 0.1 * 1100) / 1101
    assert np.sin(rows.levels[0, 0]) ** 2 == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"),
    [
        (SeriesKind.GAUGE, -9.0, 9.0), (SeriesKind.COUNT, 0.0, np.inf),
        (SeriesKind.LATENCY, 0.0, np.inf), (SeriesKind.RATIO, 0.0, 1.0),
    ],
)  # fmt: skip
def test_forecasts_stay_within_what_is_possible(
    kind: SeriesKind, lowest: float, highest: float
) -> None:
    times = seconds("2026-06-01") + HOUR * np.arange(2)
    past = history(times, np.ones(2), HOUR, "UTC", kind)
    fit = task(hourly(past), 0, positions(times, past))
    forecast = on_steps(past, fit, [-9.0, 9.0], positions(times, past))
    assert lowest <= forecast.min() <= forecast.max() <= highest
    assert np.isfinite(forecast).all()
