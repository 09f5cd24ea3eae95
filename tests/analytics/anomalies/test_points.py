"""The points of a chart: means within their ranges, and no incident that is averaged away."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.anomalies.points import MOST_POINTS, points_of
from models.anomalies.steps import AnomalyStep
from tests.support.anomalies.judged_series import JudgedSeries, Plant, steps_of
from tests.support.clock import NOON

DAY = timedelta(days=1)
STEP = timedelta(minutes=5)
triples = st.tuples(*(st.floats(0, 1e6) for _ in range(3))).map(sorted)


def step(number: int, observed: float | None, low: float, high: float) -> AnomalyStep:
    return AnomalyStep(1, NOON + number * STEP, observed, 10, 5, (low + high) / 2, low, high, 0.5,
                       0.1, 0)  # fmt: skip


@given(st.lists(triples, min_size=1, max_size=40))
def test_steps_within_their_ranges_are_joined_to_points_within_theirs(
    rows: list[list[float]],
) -> None:
    steps = [step(number, value, low, high) for number, (low, value, high) in enumerate(rows)]
    points = points_of(steps, 300, 5 * DAY)
    assert points.seconds == 900
    assert points.n == 10 * len(rows)
    for point in points.points:
        assert point.low is not None
        assert point.observed is not None
        assert point.high is not None
        assert point.low - 1e-6 <= point.observed <= point.high + 1e-6


def test_the_step_farthest_outside_stands_for_a_joined_step() -> None:
    short = Plant(before=timedelta(hours=7), length=STEP, factor=3.0)
    steps = steps_of(JudgedSeries(plants=[short]), NOON, 30)
    points = points_of(steps, 300, 31 * DAY)
    assert points.seconds == 7200
    assert len(points.points) <= MOST_POINTS
    (marked,) = [each for each in points.points if each.severity]
    own = next(each for each in steps if each.state == 1)
    assert (marked.observed, marked.severity) == (own.observed, "high")


def test_steps_without_values_and_ahead_stay_apart() -> None:
    judged = JudgedSeries(gap_before=timedelta(hours=2), gap_length=timedelta(hours=1))
    points = points_of(steps_of(judged, NOON), 300, DAY).points
    assert sum(each.is_ahead for each in points) == 288
    gap = [each for each in points if each.observed is None and not each.is_ahead]
    assert (len(gap), gap[0].n, gap[0].expected is None) == (12, 0, False)
    assert points_of([], 3600, DAY).sessions == 0
