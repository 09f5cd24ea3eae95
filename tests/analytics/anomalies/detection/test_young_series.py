"""The band of a young series is as wide as its values so far say; incidents leave it as it was."""

import numpy as np
import pytest

from analytics.anomalies.detection.detector import detect
from analytics.anomalies.detection.kinds import SeriesKind, StepState, Worse
from analytics.anomalies.detection.replay import Replay, replay
from analytics.anomalies.detection.steps import Floats, History, Steps

from .series import DAY, HOUR, MINUTES, MONDAY, two_sorts, usual

DAYS = 24
FRIDAY = MONDAY + 4 * DAY
KINDS = list(SeriesKind)


def judged(kind: SeriesKind, start: int = MONDAY, incident: slice | None = None) -> Replay:
    """Of 20 series; ten times the values (a tenth of a ratio) in `incident`, if there is one."""
    past = usual(kind, 20, DAYS, start=start)
    values = past.values.copy()
    if incident is not None:
        values[:, incident] *= 0.1 if kind is SeriesKind.RATIO else 10.0
    return replay(History(Steps(past.timestamps, values, past.trials), kind, HOUR))


def widths(result: Replay) -> Floats:
    """The median width of the bands of each day, [DAYS]."""
    width = result.verdicts.high - result.verdicts.low
    days = width.reshape(len(width), DAYS, 24).transpose(1, 0, 2).reshape(DAYS, -1)
    with np.errstate(all="ignore"):
        return np.array([np.median(day) for day in days])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [MONDAY, FRIDAY])
def test_the_first_week_has_no_slabs(kind: SeriesKind, start: int) -> None:
    of_days = widths(judged(kind, start=start))
    assert np.isnan(of_days[0])  # learning draws none
    assert (of_days[1:] < 5.0 * of_days[-7:].mean()).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_incident_of_a_young_series_widens_no_band(kind: SeriesKind) -> None:
    incident = slice(3 * 24 + 9, 3 * 24 + 14)
    without, result = judged(kind), judged(kind, incident=incident)
    assert (result.verdicts.state[:, incident] == StepState.ANOMALOUS).any(axis=1).all()
    ratio = widths(result)[4:14] / widths(without)[4:14]
    assert (ratio < 1.5).all()
    expected = result.verdicts.expected[:, incident.start + 24 : incident.stop + 24]
    usual_then = without.verdicts.expected[:, incident.start + 24 : incident.stop + 24]
    assert np.abs(np.median(expected / usual_then) - 1.0) < 0.15


def test_days_off_widen_no_band_of_series_whose_hours_are_alike() -> None:
    verdicts = judged(SeriesKind.LATENCY).verdicts
    width = verdicts.high - verdicts.low
    friday, saturday = (width[:, 24 * day : 24 * day + 24] for day in (4, 5))
    assert np.median(saturday) < 1.5 * np.median(friday)


def test_values_of_two_sorts_have_a_band_near_them() -> None:
    rng = np.random.default_rng(4)
    times = MONDAY + HOUR * np.arange(24 * DAYS, dtype=np.int64)
    is_far = rng.random((20, len(times))) < 0.06
    values = np.where(is_far, 450.0, 100.0) * np.exp(0.15 * rng.normal(size=is_far.shape))
    values[:, :5] = np.nan
    verdicts = replay(History(Steps(times, values), SeriesKind.LATENCY, HOUR)).verdicts
    assert np.isnan(verdicts.high[:, :24]).all()
    assert np.nanmedian(verdicts.high[:, 24 * 8 :]) < 2.0 * values[:, 5:].max()


@pytest.mark.parametrize("worse", [Worse.UP, Worse.BOTH])
@pytest.mark.parametrize("people", [3.0, 10.0])
@pytest.mark.parametrize("start", [MONDAY, FRIDAY + 7 * HOUR])
def test_no_band_reaches_far_beyond_past_values(start: int, people: float, worse: Worse) -> None:
    past = two_sorts(3, 6, people, start)
    steps = Steps(past.timestamps, past.values)
    high = replay(History(steps, SeriesKind.LATENCY, MINUTES, worse=worse)).verdicts.high
    highest = np.fmax.accumulate(np.nan_to_num(past.values), axis=1)
    is_drawn = np.isfinite(high)
    assert is_drawn[:, 2 * DAY // MINUTES :].mean() > 0.9
    assert (high[is_drawn] <= 1.6 * highest[is_drawn]).all()


def test_few_events_have_a_band_near_them() -> None:
    rng = np.random.default_rng(5)
    times = MONDAY + MINUTES * np.arange(6 * DAY // MINUTES, dtype=np.int64)
    is_night = (times % DAY) < 8 * HOUR
    bursts = np.where(rng.random((20, len(times))) < 0.05, 30.0, 2.0)
    values = rng.poisson(np.where(is_night, 0.02, bursts)).astype(np.float64)
    high = replay(History(Steps(times, values), SeriesKind.COUNT, MINUTES)).verdicts.high
    highest = np.maximum.accumulate(values, axis=1)
    is_drawn = np.isfinite(high)
    assert (high[is_drawn] <= np.maximum(4.0 * highest[is_drawn], 10.0)).all()  # their tail is long


@pytest.mark.parametrize("factor", [0.4, 1.8])
def test_a_new_level_is_expected_within_a_day(factor: float) -> None:
    past = usual(SeriesKind.GAUGE, 20, 24)
    values = past.values.copy()
    shape = values.mean(axis=0)
    values[:, 24 * 20 :] += (factor - 1.0) * shape.mean()
    verdicts = replay(History(Steps(past.timestamps, values), SeriesKind.GAUGE, HOUR)).verdicts
    apart = np.abs(verdicts.expected - values)[:, 24 * 21 :]
    assert (np.median(apart, axis=1) < 0.2 * shape.mean()).all()


def test_what_comes_every_night_is_learnt() -> None:
    past = usual(SeriesKind.GAUGE, 1, DAYS)
    values = past.values[0].copy()
    values[24 * 8 + 3 :: 24] += 400.0
    scores = detect(past.timestamps, values)
    assert scores[24 * 8 + 3] > 0.5
    assert (scores[24 * 20 :] < 0.6).all()
