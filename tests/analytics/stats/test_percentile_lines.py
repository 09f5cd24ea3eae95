"""Lines of percentiles: their steps hold enough values, in the shortest length that does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges import natural_steps
from analytics.ranges.natural_steps import HOUR
from analytics.ranges.timerange import TimeRange
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.percentile_lines import (
    FILLED_SHARE,
    LEAST_STEPS,
    LEAST_VALUES,
    P50,
    P95,
    P99,
    PercentileLine,
    compared,
    lines_of,
)
from tests.support.clock import NOON
from tests.support.pages.duration_steps import duration_steps, with_n
from tests.support.percentiles import percentile_ms

ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland"]
UTC_ZONE = ZoneInfo("UTC")
DAY = TimeRange(NOON.replace(hour=0), NOON.replace(hour=0) + timedelta(days=1))
ends = st.sampled_from(
    [NOON, datetime(2026, 3, 29, 7, 12, tzinfo=UTC), datetime(2026, 10, 25, 9, 3, tzinfo=UTC)]
)


@st.composite
def measured(draw: st.DrawFn) -> DurationSteps:
    """Up to fifty steps, the last of which an end of the range may cut."""
    seconds, end = draw(st.sampled_from([60, 300, HOUR, 3 * HOUR])), draw(ends)
    n = draw(st.lists(st.integers(0, draw(st.sampled_from([3, 60, 700]))), min_size=1, max_size=50))
    window = TimeRange(end - timedelta(seconds=seconds * len(n)), end)
    return with_n(window, seconds, n, draw(st.sampled_from(ZONES)))


@given(measured(), st.sampled_from(ZONES))
def test_every_step_drawn_holds_enough_values_or_is_among_a_tenth(
    durations: DurationSteps, zone: str
) -> None:
    for share, line in lines_of(durations, ZoneInfo(zone)).items():
        enough = [n >= LEAST_VALUES[share] for n in line.n]
        assert line.is_left_out or sum(enough) >= FILLED_SHARE * len(enough)
        assert all(n > 0 for n in line.n)


@given(measured(), st.sampled_from(ZONES))
def test_a_line_has_the_values_of_its_steps_and_natural_ones_that_the_range_has_three_of(
    durations: DurationSteps, zone: str
) -> None:
    clock = durations.clock(ZoneInfo(zone))
    for share, line in lines_of(durations, ZoneInfo(zone)).items():
        joined = durations.joined(line.seconds, clock)
        for number, start, end, value in zip(
            line.numbers, line.starts, line.ends, line.values, strict=True
        ):
            assert (start, end) == joined.edges[number : number + 2]
            expected = percentile_ms(joined.counts[number].astype(np.int64), share)
            assert value == pytest.approx(expected, abs=0.01)
        if line.seconds > durations.seconds:
            assert line.seconds in natural_steps.lengths_of(durations.seconds)
            assert line.seconds * LEAST_STEPS <= durations.length.total_seconds()


@given(measured())
def test_no_shorter_step_would_do_and_only_a_line_without_any_is_left_out(
    durations: DurationSteps,
) -> None:
    full = [n for n, is_cut in zip(durations.n, durations.is_cut, strict=True) if n and not is_cut]
    for share, line in lines_of(durations, UTC_ZONE).items():
        enough = [n >= LEAST_VALUES[share] for n in full]
        if line.is_widened and full:
            assert sum(enough) < len(enough)  # some hold too few
        if full and all(enough):
            assert (line.seconds, line.is_left_out) == (durations.seconds, False)


def hours_of(n: int) -> DurationSteps:
    """A day in steps of five minutes of `n` durations."""
    return with_n(DAY, 300, [n] * 288)


@pytest.mark.parametrize(
    ("n", "minutes"),
    [
        (300, {P50: 5, P95: 5, P99: 5}),
        (60, {P50: 5, P95: 5, P99: 30}),
        (20, {P50: 5, P95: 15, P99: 120}),
        (1, {P50: 120, P95: 360, P99: None}),
        (0, {P50: None, P95: None, P99: None}),
    ],
)
def test_each_line_has_steps_of_its_own(n: int, minutes: dict[float, int | None]) -> None:
    lines = lines_of(hours_of(n), UTC_ZONE)
    drawn = {
        share: None if line.is_left_out else line.seconds // 60 for share, line in lines.items()
    }
    assert drawn == minutes
    left_out = [line.seconds for line in lines.values() if line.is_left_out]
    assert set(left_out) <= {8 * HOUR}  # the longest of which a day has three


def test_a_step_that_the_end_of_the_range_cuts_is_drawn_with_enough_values_alone() -> None:
    window = TimeRange(NOON - timedelta(minutes=10), NOON - timedelta(seconds=30))
    for n, drawn in ((19, 9), (20, 10)):
        line = lines_of(with_n(window, 60, [*[30] * 9, n]), UTC_ZONE, [P50])[P50]
        assert len(line.values) == drawn


def test_the_first_values_of_all_are_drawn_once_there_are_enough() -> None:
    window = TimeRange(NOON - timedelta(minutes=15), NOON - timedelta(seconds=30))
    lines = lines_of(with_n(window, 60, [*[0] * 14, 70]), UTC_ZONE)
    assert [line.is_left_out for line in lines.values()] == [False, False, True]


def a_line(*numbers: int, seconds: int = HOUR, step_seconds: int = 300) -> PercentileLine:
    """A value equal to its number in each of these hours from noon on."""
    starts = [NOON + timedelta(seconds=seconds * number) for number in numbers]
    return PercentileLine(
        share=P95, seconds=seconds, step_seconds=step_seconds, numbers=numbers, starts=starts,
        ends=[start + timedelta(seconds=seconds) for start in starts],
        values=[*map(float, numbers)], n=[60] * len(numbers),
    )  # fmt: skip


def test_a_step_of_several_is_at_the_mean_of_their_starts_and_a_gap_parts_runs() -> None:
    middle = timedelta(minutes=27, seconds=30)
    assert a_line(0, 1, 3).runs == [
        [(NOON + middle, 0.0), (NOON + timedelta(hours=1) + middle, 1.0)],
        [(NOON + timedelta(hours=3) + middle, 3.0)],
    ]
    assert a_line(0, seconds=300).runs == [[(NOON, 0.0)]]


def test_a_line_has_a_value_where_it_has_a_step() -> None:
    line, minute = a_line(0, 2), timedelta(minutes=1)
    instants = [NOON - minute, NOON, NOON + 60 * minute, NOON + 120 * minute, NOON + 180 * minute]
    assert [line.value_at(at) for at in instants] == [None, 0.0, None, 2.0, None]
    assert line.shifted(minute).value_at(NOON) is None


def test_p95_before_has_steps_that_are_not_shorter_and_is_shifted() -> None:
    length = DAY.length
    before = with_n(DAY.previous(), 300, [500] * 288)
    percentiles = compared(hours_of(20), before, length, UTC_ZONE)
    assert percentiles.before is not None
    assert percentiles.before.seconds == percentiles.lines[P95].seconds == 900
    assert percentiles.before.steps_like(percentiles.lines[P95])
    assert percentiles.before.starts == percentiles.lines[P95].starts
    sparse = compared(hours_of(500), with_n(DAY.previous(), 300, [1] * 288), length, UTC_ZONE)
    assert sparse.before is not None
    assert not sparse.before.steps_like(sparse.lines[P95])
    assert compared(hours_of(1), None, length, UTC_ZONE).before is None


def test_hours_without_durations_neither_count_nor_are_drawn() -> None:
    durations = duration_steps(DAY, HOUR, {DAY.start + timedelta(hours=5): [5.0] * 60})
    line = lines_of(durations, UTC_ZONE, [P95])[P95]
    assert (line.seconds, line.n, line.numbers) == (HOUR, [60], [5])
