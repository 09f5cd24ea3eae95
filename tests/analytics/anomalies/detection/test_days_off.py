"""Holidays are days off, as weekends are, for the usual hour and for bands judged later."""

from zoneinfo import ZoneInfo

import numpy as np

from analytics.anomalies.detection.clock import is_day_off, wall_clock
from analytics.anomalies.detection.fit import judge
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.steps import History, Steps

HOUR, DAY = 3600, 86_400
MONDAY = 1_788_134_400 // DAY  # 2026-08-31
THURSDAY = MONDAY + 31
BERLIN = ZoneInfo("Europe/Berlin")


def test_weekends_and_holidays_are_days_off() -> None:
    days = MONDAY + np.arange(7)
    assert is_day_off(days).tolist() == [0, 0, 0, 0, 0, 1, 1]
    assert is_day_off(days, (MONDAY + 2,)).tolist() == [0, 0, 1, 0, 0, 1, 1]


def test_a_holiday_begins_at_local_midnight() -> None:
    times = THURSDAY * DAY - 3 * HOUR + HOUR * np.arange(28)
    clock = wall_clock(times, BERLIN, (THURSDAY,))
    assert np.flatnonzero(clock.off).tolist() == list(range(1, 25))


def test_a_holiday_is_expected_as_days_off_were() -> None:
    times = MONDAY * DAY + HOUR * np.arange(31 * 24)
    clock = wall_clock(times, BERLIN)
    values = np.where(clock.off == 1, 20.0, 80.0) + np.random.default_rng(1).normal(
        0, 1, len(times)
    )
    ahead = THURSDAY * DAY + HOUR * np.arange(24)
    medians = []
    for holidays in ((), (THURSDAY,)):
        past = History(
            Steps(times, values[None]), SeriesKind.GAUGE, HOUR, BERLIN, holidays=holidays
        )
        result = replay(past)
        verdicts, _ = judge(result.bands, result.memory, Steps(ahead, np.full((1, 24), np.nan)))
        medians.append(float(np.median(verdicts.expected)))
    assert 70.0 < medians[0] < 90.0
    assert 10.0 < medians[1] < 30.0
