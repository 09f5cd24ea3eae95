"""What a baseline stores is what is read back; what rules compare with, by the hour of the day."""

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import replace

from analytics.alerting.rules.rule import Rule
from analytics.baselines.by_hour import LEAST_N, packed_by_hour, reference_of
from analytics.baselines.cells import packed_cells, unpacked_cells
from analytics.baselines.common_hours import common_hours, within_hours
from analytics.baselines.measures import measures_of
from analytics.baselines.reading import HourlyFigures, hourly_grid
from analytics.query.arrays import Arrays
from analytics.ranges.timerange import TimeRange
from analytics.stats.histograms import Histograms
from analytics.stats.session_moments import SIZE
from models.metrics.grid import Grid
from models.metrics.histogram import BUCKETS
from tests.support.clock import NOON

RULE = Rule(name="a", source="client", metric="drops", aggregation="rate", baseline=1, fire=0.5)


def hours_of(drops: list[float], *, reports: float = 100, zone: str = "UTC") -> HourlyFigures:
    """Hours from noon on with so many drops in a session-hour each."""
    steps = len(drops)
    counts = np.zeros((1, steps, BUCKETS))
    counts[0, :, 100] = 2.0**33
    sums = {"drops": np.array([drops]), "watched_ms": np.full((1, steps), 3_600_000.0)}
    arrays = Arrays(
        labels=[{}], grid=Grid.uniform(NOON, 3600, steps), observed=np.full((1, steps), reports),
        sums={**sums, "reports": np.full((1, steps), reports)},
        histograms={"latency": Histograms(counts, counts.sum(axis=2), counts.sum(axis=2))},
    )  # fmt: skip
    return HourlyFigures(
        source="client", start=NOON, end=NOON + timedelta(hours=steps), arrays=arrays,
        moments=np.zeros(SIZE), zone=zone, not_counted={},
    )  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 1e12), min_size=1, max_size=20))
def test_cells_are_read_as_they_were_stored(drops: list[float]) -> None:
    stored = hours_of(drops).arrays
    read = unpacked_cells(packed_cells(stored), NOON)
    assert (read.grid, list(read.labels)) == (stored.grid, [{}])
    for name, sums in stored.sums.items():
        np.testing.assert_array_equal(read.sums[name], sums)
    np.testing.assert_array_equal(read.observed, stored.observed)
    own, other = read.histograms["latency"], stored.histograms["latency"]
    for part in "counts", "n", "sums_us":
        np.testing.assert_array_equal(getattr(own, part), getattr(other, part))


def test_a_rule_compares_with_the_hour_of_the_day_in_which_its_window_ends() -> None:
    packed = packed_by_hour(hours_of([float(number % 24) for number in range(48)]))
    grid = Grid.uniform(NOON + timedelta(days=9, hours=2), 900, 8)
    reference = reference_of(packed, RULE, grid)
    assert reference is not None
    assert reference.value.round(9).tolist() == [2.0] * 4 + [3.0] * 4
    assert reference.last.value.round(9).tolist() == [3.0]
    in_berlin = packed_by_hour(hours_of([float(n % 24) for n in range(48)], zone="Europe/Berlin"))
    later = reference_of(in_berlin, RULE, Grid.uniform(NOON + timedelta(days=150), 3600, 1))
    assert later is not None  # in summer noon of UTC is at 14 on the clocks, as 13 of UTC was
    assert later.value.round(9).tolist() == [1.0]
    assert reference_of(packed, replace(RULE, metric="custom"), grid) is None


def test_an_hour_of_the_day_with_too_few_has_the_value_of_all_hours() -> None:
    packed = packed_by_hour(hours_of([1.0, 5.0], reports=LEAST_N - 1))
    reference = reference_of(packed, RULE, Grid.uniform(NOON, 3600, 3))
    assert reference is not None
    assert reference.value.round(9).tolist() == [3.0, 3.0, 3.0]
    assert len(msgpack.decode(packed)["measures"]) == len(measures_of("client"))


def test_ranges_share_the_hours_of_the_day_that_both_have() -> None:
    evening, week = hours_of([1.0] * 6), hours_of([2.0] * 168)
    hours = common_hours(evening, week)
    assert hours == (12, 13, 14, 15, 16, 17)
    within = within_hours(week, hours).arrays
    assert within.observed.sum() == 7 * 6 * 100
    assert within.sums["drops"].sum() == 7 * 6 * 2
    assert within_hours(week, common_hours(week, week)) is week


def test_the_hours_of_a_range_may_be_cut() -> None:
    start, end = NOON + timedelta(minutes=37), NOON + timedelta(hours=3, minutes=5)
    grid = hourly_grid(TimeRange(start, end))
    assert (grid.start, grid.end, grid.steps, grid.seconds) == (start, end, 4, 0)
    full = hourly_grid(TimeRange(NOON, NOON + timedelta(hours=3)))
    assert (full.steps, full.seconds) == (3, 3600)
    within = hourly_grid(TimeRange(NOON + timedelta(minutes=5), NOON + timedelta(minutes=9)))
    assert within.steps == 1
