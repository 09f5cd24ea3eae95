"""Scores of one series: causal, in [0, 1], nothing from gaps, by wall-clock time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.anomalies.detection.calibration import onset_rate
from analytics.anomalies.detection.detector import detect
from analytics.anomalies.detection.kinds import SeriesKind
from analytics.anomalies.detection.replay import replay
from analytics.anomalies.detection.severity import onsets
from analytics.anomalies.detection.steps import History, Steps

from .series import DAY, HOUR, MONDAY, usual

KINDS = st.sampled_from(list(SeriesKind))
ODD = st.sampled_from([np.nan, 0.0, 0.5, 1.0, 7.0, 1e9])
ODD_STEPS = st.dictionaries(st.integers(0, 24 * 17 - 1), ODD, max_size=60)


@settings(deadline=None, max_examples=6)
@given(kind=KINDS, seed=st.integers(0, 1000), odd=ODD_STEPS, cut=st.integers(1, 24 * 17))
def test_a_score_never_changes_when_the_future_arrives(
    kind: SeriesKind, seed: int, odd: dict[int, float], cut: int
) -> None:
    past = usual(kind, 1, 17, seed)
    values = past.values[0].copy()
    for step, value in odd.items():
        values[step] = min(value, 1.0) if kind is SeriesKind.RATIO else value
    trials = None if past.trials is None else past.trials[0]
    scores = detect(past.timestamps, values, kind, trials=trials, zone="Europe/Berlin")
    early = detect(
        past.timestamps[:cut], values[:cut], kind, zone="Europe/Berlin",
        trials=None if trials is None else trials[:cut],
    )  # fmt: skip
    assert np.array_equal(scores[:cut], early)
    assert ((scores >= 0.0) & (scores <= 1.0)).all()
    assert (scores[np.isnan(values)] == 0.0).all()


def test_an_outage_at_night_scores() -> None:
    times = MONDAY + HOUR * np.arange(24 * 30)
    level = np.where((times // HOUR) % 24 < 6, 20.0, 900.0)
    values = np.random.default_rng(2).poisson(level).astype(float)
    night = 24 * 29 + 3
    values[night : night + 2] = 0.0
    for kind in (SeriesKind.COUNT, SeriesKind.GAUGE):
        scores = detect(times, values, kind)
        assert scores[night : night + 2].max() > 0.5
        assert (scores[24 * 15 : night] > 0.6).sum() <= 1


def test_a_gap_is_not_zero() -> None:
    past = usual(SeriesKind.COUNT, 1, 20)
    values = past.values[0].copy()
    values[24 * 18 : 24 * 19] = np.nan
    scores = detect(past.timestamps, values, "count")
    assert (scores[24 * 18 : 24 * 19] == 0.0).all()
    assert (scores[24 * 19 : 24 * 20] < 0.6).all()


def test_missing_rows_are_gaps() -> None:
    past = usual(SeriesKind.GAUGE, 1, 20)
    present = np.r_[0 : 24 * 16 + 5, 24 * 16 + 9 : 24 * 20]
    gaps = past.values[0].copy()
    gaps[24 * 16 + 5 : 24 * 16 + 9] = np.nan
    shorter = detect(past.timestamps[present], past.values[0][present])
    assert np.array_equal(shorter, detect(past.timestamps, gaps)[present])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo"])
@pytest.mark.parametrize("month", [3, 10])
def test_a_change_of_the_clock_begins_no_incident(zone: str, month: int) -> None:
    sunday = datetime(2026, month, 29 if month == 3 else 25, tzinfo=UTC)
    times = int(sunday.timestamp()) - 49 * DAY + HOUR * np.arange(24 * 56)
    local = np.array([datetime.fromtimestamp(t, ZoneInfo(zone)).hour for t in times.tolist()])
    level = np.tile(100.0 + 900.0 * ((local >= 8) & (local < 18)), (20, 1))
    steps = Steps(times, np.random.default_rng(month).poisson(level).astype(np.float64))
    verdicts = replay(History(steps, SeriesKind.COUNT, HOUR, ZoneInfo(zone))).verdicts
    begins = np.array([onsets(times, scores) > 0.5 for scores in verdicts.score])
    before, after = (begins[:, 24 * 7 * week : 24 * 7 * (week + 1)].sum() for week in (6, 7))
    by_chance = begins[:, :24].size * 7 * onset_rate(SeriesKind.COUNT, HOUR)
    assert after <= max(before, by_chance + 2.0 * by_chance**0.5)


def test_only_the_bad_direction_alarms() -> None:
    past = usual(SeriesKind.LATENCY, 1, 20)
    values = past.values[0].copy()
    values[-30:-27] *= 3.0
    values[-10:-7] /= 3.0
    up, down = (detect(past.timestamps, values, "latency", worse=each) for each in ("up", "down"))
    assert up[-30] > 0.6 > up[-10]
    assert down[-10] > 0.6 > down[-30]


def test_expected_values_of_a_forecast_are_used() -> None:
    past = usual(SeriesKind.GAUGE, 1, 20)
    values, forecast = past.values[0].copy(), past.values[0].mean() + 0.0 * past.values[0]
    hour = (past.timestamps % DAY) // HOUR
    forecast = 200.0 - 150.0 * np.cos(hour / 24 * 2 * np.pi)
    values[-24:] += 100.0
    forecast[-24:] += 100.0
    assert (detect(past.timestamps, values, expected=forecast)[-24:] < 0.55).all()
    assert detect(past.timestamps, values)[-24:].max() > 0.7


def test_what_cannot_be_a_series_is_refused() -> None:
    assert detect([], []).tolist() == []
    assert detect([datetime(2026, 1, 1, tzinfo=UTC)], [1.0]).tolist() == [0.0]
    for times, values, kind in (([1, 2], [1.0], "gauge"),
                                ([1], [1.0], "rate")):  # fmt: skip
        with pytest.raises(ValueError, match=r"differ|rate"):
            detect(times, values, kind)


def test_a_time_that_goes_back_changes_nothing() -> None:
    past = usual(SeriesKind.GAUGE, 1, 20)
    at = 24 * 18
    times = np.insert(past.timestamps, at, past.timestamps[at - 3])
    values = np.insert(past.values[0], at, 1e6)
    scores = detect(times, values)
    assert np.array_equal(np.delete(scores, at), detect(past.timestamps, past.values[0]))
