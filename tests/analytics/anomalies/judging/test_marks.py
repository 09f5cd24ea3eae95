"""Which verdicts count for incidents."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.anomalies.detection.kinds import SeriesKind, StepState, Worse
from analytics.anomalies.detection.steps import Floats, Steps, Verdicts
from analytics.anomalies.incidents.parts import Run
from analytics.anomalies.judging.marks import Family, events_of, gap_limits, plausible
from models.metrics.anomalies.incident import IncidentKind
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

DROPS = SeriesKey("client", "portal", "drops")
OF_BRAZIL = replace(DROPS, dimension="country", value="BR")
OK, ANOMALOUS, FROZEN, NO_DATA = (
    StepState.OK, StepState.ANOMALOUS, StepState.FROZEN, StepState.NO_DATA,
)  # fmt: skip
BEFORE = np.zeros(1)
GAUGE = (SeriesKind.GAUGE, Worse.BOTH)


def verdicts_of(states: list[int], rho: float = 2.0) -> Verdicts:
    """Verdicts of one series, expected 10 within 5 and 15."""
    size = (1, len(states))
    ten, rhos = np.full(size, 10.0), np.full(size, rho)
    return Verdicts(
        expected=ten, low=ten - 5, high=ten + 5, rho=rhos, slow_rho=np.zeros(size),
        score=rhos / (1 + rhos), p_value=np.full(size, 1e-9),
        state=np.array([states], dtype=np.int8), scale=np.zeros(size, dtype=np.int8),
    )  # fmt: skip


def steps_of(values: list[float], trials: float | None = None) -> Steps:
    array = np.array([values])
    return Steps(
        np.arange(len(values)) * 300, array,
        None if trials is None else np.full(array.shape, trials),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "state"),
    [
        (SeriesKind.GAUGE, 7.0, FROZEN),
        (SeriesKind.GAUGE, 0.0, ANOMALOUS),  # of a gauge at 0 the value says enough
        (SeriesKind.COUNT, 7.0, OK),
        (SeriesKind.COUNT, 20.0, ANOMALOUS),
        (SeriesKind.LATENCY, 7.0, FROZEN),
    ],
)
def test_standing_still_counts_where_values_move(
    kind: SeriesKind, value: float, state: StepState
) -> None:
    verdicts = plausible(verdicts_of([FROZEN]), steps_of([value]), (kind, Worse.BOTH), BEFORE)
    assert verdicts.state[0, 0] == state


@pytest.mark.parametrize(
    ("kind", "value", "trials", "state"),
    [
        (SeriesKind.COUNT, 10.2, None, OK),
        (SeriesKind.COUNT, 12.0, None, ANOMALOUS),
        (SeriesKind.RATIO, 12.0, 0.1, OK),
        (SeriesKind.RATIO, 12.0, 10.0, ANOMALOUS),
        (SeriesKind.GAUGE, 10.05, None, OK),
        (SeriesKind.LATENCY, 12.0, None, ANOMALOUS),
    ],
)
def test_a_deviation_nobody_would_notice_is_none(
    kind: SeriesKind, value: float, trials: float | None, state: StepState
) -> None:
    verdicts = plausible(
        verdicts_of([ANOMALOUS]), steps_of([value], trials), (kind, Worse.BOTH), BEFORE
    )
    assert verdicts.state[0, 0] == state


@pytest.mark.parametrize(
    ("value", "worse", "state"),
    [
        (11.0, Worse.BOTH, OK),
        (11.5, Worse.BOTH, ANOMALOUS),
        (11.5, Worse.DOWN, OK),
        (8.5, Worse.DOWN, ANOMALOUS),
    ],
)
def test_a_value_that_is_back_ends_a_sustained_deviation(
    value: float, worse: Worse, state: StepState
) -> None:
    sort = (SeriesKind.GAUGE, worse)
    verdicts = plausible(verdicts_of([ANOMALOUS]), steps_of([value]), sort, BEFORE)
    assert verdicts.state[0, 0] == state


def test_a_series_learns_until_its_first_value() -> None:
    verdicts = verdicts_of([NO_DATA] * 4)
    steps = steps_of([np.nan, np.nan, 10.0, np.nan])
    unset = plausible(verdicts, steps, GAUGE, np.array([np.nan]))
    learning = StepState.LEARNING
    assert unset.state[0].tolist() == [learning, learning, NO_DATA, NO_DATA]
    assert (plausible(verdicts, steps, GAUGE, BEFORE).state == NO_DATA).all()


def test_no_data_counts_after_twice_the_longest_gap_of_an_app() -> None:
    values = np.array([[1, np.nan, np.nan, np.nan, np.nan, 1, 1], [np.nan] * 7, [1.0] * 7])
    limits = gap_limits(values, [DROPS, DROPS, DROPS])
    assert limits.tolist() == [8, np.inf, 6]
    assert gap_limits(values[2:], [OF_BRAZIL]).tolist() == [np.inf]


def family_of(states: list[int], limit: float, values: Floats | None = None) -> Family:
    verdicts = verdicts_of(states)
    size = verdicts.state.shape
    return Family(
        [7], [DROPS], int(NOON.timestamp()) + np.arange(size[1]) * 300,
        np.full(size, np.nan) if values is None else values, verdicts, np.array([limit]),
        np.full(size, 9.0),
    )  # fmt: skip


def test_a_gap_begins_an_incident_once_it_is_long_enough_over_portions() -> None:
    (steps,) = family_of([OK, NO_DATA, NO_DATA, NO_DATA], 3).marked([None])
    assert steps.kinds.tolist() == [-1, 1, 1, 1]
    assert steps.begins.tolist() == [False, False, False, True]
    (later,) = family_of([NO_DATA], 3).marked([Run(IncidentKind.NO_DATA, NOON, 5)])
    assert (later.begins.tolist(), later.rho.tolist()) == ([True], [2.0])
    (never,) = family_of([NO_DATA], np.inf).marked([None])
    assert never.kinds.tolist() == [-1]


def test_deviations_and_frozen_values_are_marked() -> None:
    (steps,) = family_of([OK, ANOMALOUS, FROZEN], 6).marked([None])
    assert steps.kinds.tolist() == [-1, 0, 2]
    assert steps.begins.tolist() == [False, True, True]


def test_events_are_those_of_counts_and_of_trials() -> None:
    keys = [replace(DROPS, metric=each) for each in ("drops", "stability", "latency_ms", "cls")]
    values, n = np.array([[12.0], [0.8], [90.0], [0.2]]), np.full((4, 1), 40.0)
    events = events_of(values, n, np.array([[10.0], [0.9], [50.0], [0.1]]), keys)
    np.testing.assert_allclose(events[:, 0], [2.0, 4.0, 40 / 12, np.inf])
    assert events_of(values, n, np.full((4, 1), np.nan), keys)[:2].tolist() == [[0.0], [0.0]]
    sums = [replace(DROPS, metric=each) for each in ("downtime_ms", "without_connection")]
    events = events_of(np.array([[25_000.0], [3.0]]), n[:2], np.array([[5_000.0], [1.0]]), sums)
    assert events[:, 0].tolist() == [2.0, 2.0]


def test_no_band_reaches_below_zero() -> None:
    wide = replace(verdicts_of([OK]), low=np.full((1, 1), -0.8))
    assert plausible(wide, steps_of([10.0]), GAUGE, BEFORE).low[0, 0] == 0.0
