"""The spread of durations: joining loses no count, and the figure shows the counts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.ranges.natural_steps import NATURAL_SECONDS
from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of
from analytics.stats.duration_steps import DurationSteps
from analytics.stats.histograms import Histograms
from analytics.stats.spread import MOST_COLUMNS, MOST_ROWS, Spread, spread_of
from dashboard.charts import bands, heatmap, log_axis
from dashboard.charts.annotations import Figure, Line, end_labels
from dashboard.charts.figures import lines
from dashboard.charts.time_axis import TimeAxis
from models.metrics.histogram import BUCKETS, bucket_of, dense

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
AXIS = TimeAxis(
    TimeRange(datetime(2026, 3, 2, 11, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)), []
)


def minutes_of(*steps: dict[float, int]) -> Spread:
    """The spread of consecutive minutes, each with numbers of durations."""
    counts = [dense({bucket_of(ms): n for ms, n in step.items()}) for step in steps]
    return spread_of(steps_of(np.array(counts, dtype=np.float64)), UTC_ZONE)


def steps_of(counts: NDArray[np.float64], seconds: int = 60) -> DurationSteps:
    """Steps from noon on."""
    window = TimeRange(NOON, NOON + timedelta(seconds=seconds * len(counts)))
    histograms = Histograms(counts[None], counts.sum(axis=1)[None], counts.sum(axis=1)[None])
    grid = grid_of(window, Step("", seconds))
    return DurationSteps.of(histograms, grid, seconds, window, "UTC")


@given(
    st.lists(
        st.dictionaries(st.integers(0, BUCKETS - 1), st.integers(1, 10**6), max_size=6),
        min_size=1,
        max_size=200,
    ),
    st.sampled_from([5, 60, 300, 3600, 10_800]),
)
def test_no_count_is_lost_or_invented_and_columns_have_natural_lengths(
    steps: list[dict[int, int]], seconds: int
) -> None:
    counts = np.array([dense(step) for step in steps], dtype=np.float64)
    spread = spread_of(steps_of(counts, seconds), ZoneInfo("Europe/Berlin"))
    assert spread.seconds in NATURAL_SECONDS
    assert sum(n or 0 for row in spread.counts for n in row) == counts.sum()
    assert len(spread.counts) <= MOST_ROWS
    assert all(len(row) == len(spread.starts) <= MOST_COLUMNS for row in spread.counts)


def test_a_cell_counts_the_durations_of_its_row_and_column() -> None:
    spread = minutes_of({10: 3}, {10: 1, 300: 2})
    low, high = spread.counts[0], spread.counts[-1]
    assert (low, high) == ([3, 1], [None, 2])
    assert spread.edges_ms[-2] <= 300 < spread.edges_ms[-1]


def test_a_step_without_samples_is_a_blank_column() -> None:
    spread = minutes_of({}, {10: 1}, {}, {10: 1}, {})
    assert spread.counts == [[1, None, 1]]
    assert spread.edges == [NOON + timedelta(minutes=minute) for minute in (1, 2, 3, 4)]


def test_a_day_in_steps_of_five_minutes_has_columns_of_a_quarter_of_an_hour() -> None:
    counts = np.tile(dense({0: 1}).astype(np.float64), (288, 1))
    spread = spread_of(steps_of(counts, 300), UTC_ZONE)
    assert (spread.seconds, len(spread.starts)) == (900, 96)


def test_the_few_fastest_stand_in_the_lowest_row_and_the_slowest_in_their_own() -> None:
    spread = minutes_of({0.1: 1, 50: 999, 5000: 1})
    assert spread.edges_ms[0] > 10
    assert spread.edges_ms[-2] <= 5000 < spread.edges_ms[-1]


def test_nothing_makes_an_empty_figure() -> None:
    empty = spread_of(steps_of(np.zeros((1, BUCKETS))), UTC_ZONE)
    assert empty.largest == 0
    assert heatmap.heat(empty, axis=AXIS)["data"][0]["z"] == []


def figure_of(spread: Spread) -> Figure:
    return heatmap.heat(spread, axis=AXIS, limit=(200, "limit"))


def test_the_figure_has_an_edge_more_than_cells_each_way() -> None:
    spread = minutes_of({10: 1}, {90: 4}, {400: 1})
    (cells,) = figure_of(spread)["data"]
    assert len(cells["x"]) == 4
    assert len(cells["y"]) == len(cells["z"]) + 1
    assert (cells["zmin"], cells["zmax"]) == (0, 4)


def test_colours_are_tokens_from_little_to_much() -> None:
    assert heatmap.COLOR_SCALE[0] == [0, "--q0"]
    assert heatmap.COLOR_SCALE[-1] == [1, "--q6"]


def test_labels_are_round_durations_where_their_buckets_are() -> None:
    spread = minutes_of({10: 1, 400: 1})
    axis = figure_of(spread)["layout"]["yaxis"]
    assert axis["ticktext"] == ["10", "20", "50", "100", "200"]
    assert axis["tickvals"] == [heatmap.position(ms) for ms in (10, 20, 50, 100, 200)]
    assert int(heatmap.position(50)) == bucket_of(50)


@pytest.mark.parametrize(("slowest", "shapes"), [(50, 0), (400, 1)])
def test_the_limit_is_drawn_where_it_is_within_the_axis(slowest: float, shapes: int) -> None:
    spread = minutes_of({10: 1, slowest: 1})
    assert len(figure_of(spread)["layout"].get("shapes", [])) == shapes


def test_a_band_is_open_where_its_lines_are() -> None:
    trace = bands.band(["a", "b", "c", "c", "d", "e"], [1, 2, 3, None, 4, 5], [2, 3, 4, None, 5, 6])
    assert trace["x"] == ["a", "b", "c", "c", "b", "a", None, "d", "e", "e", "d", None]
    assert trace["y"] == [1, 2, 3, 4, 3, 2, None, 4, 5, 6, 5, None]


def test_a_logarithmic_axis_has_full_decades_and_labels_at_line_ends() -> None:
    traces = [Line(name="w", values=[0.3, 30.0], color="--measured", label="w")]
    plain = lines(["a", "b"], traces, axis=AXIS, least_top=40)
    logarithmic = log_axis.logarithmic(plain, traces)
    assert logarithmic["layout"]["yaxis"]["range"] == [-1, 2]
    assert logarithmic["layout"]["yaxis"]["ticktext"] == ["0.1", "1", "10", "100"]
    assert logarithmic["layout"]["annotations"][0]["y"] == pytest.approx(0.826, abs=0.01)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=5))
def test_names_at_the_ends_never_touch_nor_leave_the_figure(ends: list[float]) -> None:
    traces = [Line(name="x", values=[end], color="--c1", label="x") for end in ends]
    heights = sorted(label["y"] for label in end_labels(traces, 0, 10))
    assert heights[-1] <= 1
    assert all(b - a > 0.08 for a, b in pairwise(heights))
