"""Prophet in its child process: what it predicts, and what is left when it ends early."""

from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.anomalies.detection.clock import is_day_off, wall_clock
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.steps import History, Steps
from analytics.anomalies.forecast import prophet_process as processes
from analytics.anomalies.forecast.fit_messages import FitTask
from analytics.anomalies.forecast.hourly import hourly, on_steps, positions
from analytics.anomalies.forecast.hourly import task as hourly_task
from analytics.anomalies.forecast.prophet_process import (
    ChildEnded,
    FitFailed,
    OutOfTime,
    prophet_process,
)
from analytics.anomalies.forecast.scratch import FOLDER

MONDAY = 20_605 * 24  # 2026-06-01 00:00, in hours since 1970
WEEK = 7 * 24


def day_curve(hours: np.ndarray) -> np.ndarray:
    return 10.0 + 4.0 * np.sin((hours % 24) / 24 * 2 * np.pi)


def task(values: np.ndarray, holidays: tuple[int, ...] = (), ahead: int = 36) -> FitTask:
    hours = np.arange(MONDAY, MONDAY + len(values))
    later = np.arange(hours[-1] + 1, hours[-1] + 1 + ahead)
    off = [is_day_off(each // 24, holidays).astype(bool).tolist() for each in (hours, later)]
    return FitTask(hours.tolist(), values.tolist(), off[0], later.tolist(), off[1])


def left(folder: Path) -> list[Path]:
    return list((folder / FOLDER).iterdir())


def test_a_child_fits_many_series_with_warnings_as_errors_here(tmp_path: Path) -> None:
    hours = np.arange(MONDAY, MONDAY + 3 * WEEK)
    noise = np.random.default_rng(1).normal(0.0, 0.5, len(hours))
    curve, thursday = day_curve(hours), MONDAY // 24 + 21 + 3
    office = np.where((hours // 24 + 3) % 7 >= 5, 2.0, curve + 6.0)
    with prophet_process(tmp_path, 110.0) as process:
        plain = np.array(process.fit(task(curve + noise)))
        constant = process.fit(task(np.full(3 * WEEK, 7.0)))
        with pytest.raises(FitFailed, match="less than 2"):
            process.fit(FitTask([MONDAY], [1.0], [False], [MONDAY + 1], [False]))
        two_points = process.fit(task(np.array([3.0, 3.5]), ahead=2))
        week = np.array(process.fit(task(office + noise, (thursday,), ahead=WEEK)))
        assert [path.name for path in left(tmp_path)]
    assert np.abs(plain - day_curve(np.arange(hours[-1] + 1, hours[-1] + 37))).max() < 0.6
    assert constant == [7.0] * 36
    assert np.isfinite(two_points).all()
    assert np.abs(week[3 * 24 : 4 * 24] - 2.0).max() < 1.0  # a holiday to come is as a day off
    assert np.abs(week[24:72] - (day_curve(np.arange(48)) + 6.0)).max() < 1.5
    assert left(tmp_path) == []


def test_a_child_is_killed_by_its_deadline(tmp_path: Path) -> None:
    with prophet_process(tmp_path, 0.05) as process:
        for _ in range(2):
            with pytest.raises(OutOfTime):
                process.fit(task(np.ones(WEEK)))
    assert left(tmp_path) == []


def test_a_child_that_ends_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MODULE", "analytics.anomalies.forecast.no_such_module")
    with (
        prophet_process(tmp_path, 60.0) as process,
        pytest.raises(ChildEnded, match="No module named"),
    ):
        process.fit(task(np.ones(WEEK)))
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file is in the way")
    with pytest.raises(ChildEnded, match="cannot be started"), prophet_process(tmp_path, 5.0):
        pass


@pytest.mark.deep
@pytest.mark.parametrize("first", ["2026-03-01", "2026-09-27"])
def test_a_week_after_a_clock_change_is_as_the_week_before(tmp_path: Path, first: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = int(np.datetime64(first, "s").astype(np.int64))
    times = start + 3600 * np.arange(35 * 24)  # the clock changes at the end of the fourth week
    values = day_curve(wall_clock(times, zone).hour)
    noise = np.random.default_rng(7).normal(0.0, 0.5, len(times))
    past = History(
        Steps(times[: 28 * 24], (values + noise)[None, : 28 * 24]), SeriesKind.GAUGE, 3600, zone
    )
    at = positions(times[28 * 24 :], past)
    fit = hourly_task(hourly(past, past.steps.values), 0, at)
    with prophet_process(tmp_path, 110.0) as process:
        forecast = on_steps(past, fit, process.fit(fit), at)
    assert np.abs(forecast - values[28 * 24 :]).max() < 0.6
