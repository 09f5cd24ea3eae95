"""All groups of series with one child; the usual hour where it ends or never was."""

from pathlib import Path

import numpy as np

from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.steps import History, Ints, Steps
from analytics.anomalies.forecast.expectation import Method, Reason
from analytics.anomalies.forecast.forecasts import forecasts
from analytics.anomalies.forecast.scratch import FOLDER

HOUR = 3600
TIMES: Ints = 1_788_220_800 + HOUR * np.arange(30 * 24)
AHEAD: Ints = TIMES[-1] + HOUR * np.arange(1, 37)


def group(kind: SeriesKind) -> tuple[History, Ints]:
    values = np.random.default_rng(1).uniform(0.2, 0.8, (2, len(TIMES)))
    return History(Steps(TIMES, values), kind, HOUR), AHEAD


GROUPS = [group(SeriesKind.GAUGE), group(SeriesKind.LATENCY)]


def test_what_comes_after_the_deadline_is_expected_by_the_usual_hour(tmp_path: Path) -> None:
    results = [each for group in forecasts(GROUPS, tmp_path, 0.05) for each in group]
    assert [(each.method, each.reason) for each in results] == [
        (Method.USUAL_HOUR, Reason.OUT_OF_TIME)
    ] * 4
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_without_a_process_too_and_why(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file is in the way")
    results = [each for group in forecasts(GROUPS, tmp_path, 60.0) for each in group]
    assert {(each.method, each.reason) for each in results} == {
        (Method.USUAL_HOUR, Reason.NO_PROCESS)
    }
    assert all("cannot be started" in each.fault for each in results)
