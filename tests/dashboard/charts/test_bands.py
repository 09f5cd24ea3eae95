"""Bands, logarithmic axes and heatmaps as Plotly values."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting.numbers import THIN
from analytics.ranges.timerange import TimeRange
from analytics.stats.spread import Spread
from dashboard.charts import bands, figures, heatmap, log_axis
from dashboard.charts.annotations import Figure, Line
from dashboard.charts.time_axis import TimeAxis
from models.metrics.histogram import BOUNDS_US
from tests.support.clock import NOON

gapped = st.lists(st.tuples(st.none() | st.floats(0, 9), st.none() | st.floats(0, 9)), max_size=20)
AXIS = TimeAxis(TimeRange(NOON - timedelta(hours=1), NOON), [])


@given(gapped)
def test_a_band_is_made_of_closed_runs_of_complete_steps_only(
    points: list[tuple[float | None, float | None]],
) -> None:
    times = [f"t{index}" for index in range(len(points))]
    drawn = bands.band(times, [low for low, _ in points], [high for _, high in points])
    complete = {f"t{i}" for i, (low, high) in enumerate(points) if None not in (low, high)}
    assert {at for at in drawn["x"] if at is not None} <= complete
    assert len(drawn["x"]) == len(drawn["y"])
    assert [at is None for at in drawn["x"]] == [value is None for value in drawn["y"]]


def test_a_band_goes_along_the_low_values_and_back_along_the_high_ones() -> None:
    drawn = bands.band(["a", "b"], [1.0, 2.0], [8.0, 9.0])
    assert drawn["x"] == ["a", "b", "b", "a", None]
    assert drawn["y"] == [1.0, 2.0, 9.0, 8.0, None]
    assert bands.band(["a"], [1.0], [2.0])["x"] == []


def log_figure(*values: float | None) -> Figure:
    line = Line(name="lag", values=values, color="--measured", label="lag")
    times = [f"t{index}" for index in range(len(values))]
    plain = figures.lines(times, [line], axis=AXIS, least_top=1)
    return log_axis.logarithmic(plain, [line])


@pytest.mark.parametrize(
    ("values", "decades"),
    [
        ((0.5, 300.0), ["0.1", "1", "10", "100", "1 s"]),
        ((0.0, None), ["0.01", "0.1"]),
        ((10.0,), ["10", "100"]),
        ((None,), ["1", "10"]),
    ],
)
def test_a_logarithmic_axis_ends_at_decades_beyond_all_values(
    values: tuple[float | None, ...], decades: list[str]
) -> None:
    axis = log_figure(*values)["layout"]["yaxis"]
    assert [label.replace(THIN, " ") for label in axis["ticktext"]] == decades
    assert axis["range"][1] - axis["range"][0] == len(decades) - 1


def test_a_logarithmic_axis_of_many_decades_has_few_labels_without_exponents() -> None:
    axis = log_figure(0.01, 1e6)["layout"]["yaxis"]
    assert [label.replace(THIN, " ") for label in axis["ticktext"]] == [
        "0.01", "1", "100", "10 s", "1,000 s",
    ]  # fmt: skip
    assert log_axis.duration_label(1e6).replace(THIN, " ") == "1,000 s"


def test_a_label_stands_at_the_height_of_its_last_value_in_decades() -> None:
    figure = log_figure(100.0, 10.0, None)
    (label,) = figure["layout"]["annotations"]
    assert label["y"] == 0.0
    assert figure["data"][-1]["y"] == [10.0] * 3
    (lifted,) = log_figure(1.0, 100.0, 10.0)["layout"]["annotations"]
    assert lifted["y"] == 0.5


def a_spread(*rows: list[float | None], low: int = 100) -> Spread:
    columns = range(len(rows[0]) + 1) if rows else []
    starts = [NOON + timedelta(minutes=index) for index in columns]
    edges = [BOUNDS_US[low + 6 * row] / 1000 for row in range(len(rows) + 1)]
    return Spread(starts, 60, low, 6, edges, list(rows))


def test_cells_lie_between_the_edges_of_their_steps_and_buckets() -> None:
    figure = heatmap.heat(a_spread([1.0, None], [None, 4.0]), axis=AXIS)
    (cells,) = figure["data"]
    assert cells["x"] == ["2026-03-02 12:00:00", "2026-03-02 12:01:00", "2026-03-02 12:02:00"]
    assert cells["y"] == [100, 106, 112]
    assert (cells["zmin"], cells["zmax"]) == (0, 4.0)
    assert figure["layout"]["yaxis"]["range"] == [100, 112]


@pytest.mark.parametrize(("limit_ms", "is_drawn"), [(1.0, False), (6.0, True), (90.0, False)])
def test_a_limit_is_drawn_only_within_the_axis(limit_ms: float, is_drawn: bool) -> None:
    spread = a_spread([1.0], [1.0])  # from 5.05 to 8.08 ms
    figure = heatmap.heat(spread, axis=AXIS, limit=(limit_ms, "limit"))
    assert bool(figure["layout"].get("shapes")) == is_drawn
    assert len(figure["layout"]["annotations"]) == is_drawn


@given(st.floats(0.2, 1e7))
def test_a_duration_lies_within_the_bucket_that_counts_it(ms: float) -> None:
    index = int(heatmap.position(ms))
    assert BOUNDS_US[index] * 0.99 <= ms * 1000 <= BOUNDS_US[index + 1] * 1.01


@given(st.integers(0, 300), st.integers(1, 22))
def test_a_heatmap_has_at_most_seven_round_labels(low: int, rows: int) -> None:
    cells: list[list[float | None]] = [[1.0]] * rows
    figure = heatmap.heat(a_spread(*cells, low=low), axis=AXIS)
    axis = figure["layout"]["yaxis"]
    assert len(axis["ticktext"]) <= heatmap.MOST_LABELS
    assert not any("e" in label for label in axis["ticktext"])
    assert all(low <= at <= low + 6 * rows for at in axis["tickvals"])


def test_an_empty_heatmap_can_be_drawn() -> None:
    figure = heatmap.heat(a_spread(), axis=AXIS, limit=(200.0, "limit"))
    assert figure["data"][0]["x"] == []
    assert figure["layout"]["annotations"] == []
