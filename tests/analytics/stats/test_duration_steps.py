"""Steps of durations joined to longer ones: nothing is lost, and they divide the days of a zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges import natural_steps
from analytics.ranges.natural_steps import DAY, HOUR, WEEK
from analytics.ranges.timerange import TimeRange
from analytics.stats.duration_steps import DurationSteps
from tests.support.pages.duration_steps import with_n

ZONES = [
    "UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "America/Sao_Paulo",
    "Australia/Lord_Howe",
]  # fmt: skip
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 14, tzinfo=UTC), datetime(2018, 11, 4, 3, tzinfo=UTC),
]  # fmt: skip
STEPS = [60, 900, HOUR, 3 * HOUR, DAY]


@st.composite
def measured(draw: st.DrawFn) -> DurationSteps:
    """Up to thirty steps around a change of the clock."""
    seconds, zone = draw(st.sampled_from(STEPS)), draw(st.sampled_from(ZONES))
    change = draw(st.sampled_from(CHANGES))
    before = timedelta(seconds=draw(st.integers(0, 20 * seconds)))
    length = timedelta(seconds=draw(st.integers(1, 30 * seconds)))
    window = TimeRange(change - before, change - before + length)
    n = draw(st.lists(st.integers(0, 400), min_size=33, max_size=33))
    return with_n(window, seconds, n, zone)


lengths = st.integers(0, len(natural_steps.NATURAL_SECONDS))


def joined(durations: DurationSteps, index: int, zone: str) -> DurationSteps:
    """In steps of one of the natural lengths."""
    natural = natural_steps.lengths_of(durations.seconds)
    return durations.joined(natural[index % len(natural)], durations.clock(ZoneInfo(zone)))


@given(measured(), lengths, st.sampled_from(ZONES))
def test_a_joined_histogram_is_the_sum_of_its_steps(
    durations: DurationSteps, index: int, zone: str
) -> None:
    wide = joined(durations, index, zone)
    assert set(wide.edges) <= set(durations.edges)
    assert (wide.edges[0], wide.edges[-1]) == (durations.edges[0], durations.edges[-1])
    for step, (start, end) in enumerate(pairwise(wide.edges)):
        first, last = durations.edges.index(start), durations.edges.index(end)
        np.testing.assert_array_equal(wide.counts[step], durations.counts[first:last].sum(axis=0))
        assert wide.n[step] == durations.n[first:last].sum()


@given(measured(), lengths, st.sampled_from(ZONES))
def test_joined_steps_divide_the_days_of_their_zone(
    durations: DurationSteps, index: int, zone: str
) -> None:
    wide = joined(durations, index, zone)
    clock, half = ZoneInfo(wide.zone), timedelta(seconds=durations.seconds) / 2
    for edge in wide.edges[1:-1]:
        assert natural_steps.natural_start(
            edge + half, wide.seconds, clock
        ) != natural_steps.natural_start(edge - half, wide.seconds, clock)
    most = timedelta(seconds=wide.seconds + HOUR)
    assert all(end - start <= most for start, end in pairwise(wide.edges))


@given(measured(), lengths)
def test_steps_of_a_zone_begin_at_multiples_of_their_length_on_its_clock(
    durations: DurationSteps, index: int
) -> None:
    """But for the step that begins when the clock goes on or back."""
    wide = joined(durations, index, durations.zone)
    if wide.seconds > WEEK or durations.zone == "Australia/Lord_Howe":
        return
    clock = ZoneInfo(durations.zone)
    for edge in wide.edges[1:-1]:
        wall = edge.astimezone(clock).replace(tzinfo=None) - natural_steps.WALL_ORIGIN
        is_change = (edge - timedelta(seconds=1)).astimezone(clock).utcoffset() != edge.astimezone(
            clock
        ).utcoffset()
        assert is_change or wall % timedelta(seconds=wide.seconds) == timedelta()


def test_a_step_that_an_end_of_the_range_cuts_is_marked() -> None:
    start = datetime(2026, 3, 2, 11, 20, tzinfo=UTC)
    durations = with_n(TimeRange(start, start + timedelta(hours=3)), 300, [1] * 36)
    wide = durations.joined(HOUR, ZoneInfo("UTC"))
    assert [*durations.cuts, len(durations.n)] == [False, False, 36]
    assert wide.is_cut == [True, False, False, True]
    assert wide.n.tolist() == [8, 12, 12, 4]
    assert durations.joined(1200 // 4, ZoneInfo("UTC")) is durations
