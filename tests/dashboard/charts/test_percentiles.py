"""The panel of percentiles: its lines, its axis, its table, with and without a comparison."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges.timerange import TimeRange
from analytics.reports.performance import Percentiles
from dashboard.charts import percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.charts.time_axis import TimeAxis
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations
from tests.support.pages.components import text_of

HOUR = timedelta(hours=1)
points = st.lists(
    st.builds(Percentiles, st.integers(1, 300), *[st.floats(0, 1e5)] * 3), min_size=1, max_size=12
)


def a_series(*drawn: Percentiles, minutes: tuple[int, ...] = (), **fields: Any) -> PercentileSeries:
    """Steps of a minute from eleven on, at `minutes`, else consecutive."""
    at = minutes or tuple(range(len(drawn)))
    starts = [NOON - HOUR + timedelta(minutes=minute) for minute in at]
    defaults: dict[str, Any] = {
        "title": "Round trips", "noun": "round trip", "unit": "ms, per minute", "points": drawn,
        "axis": TimeAxis(TimeRange(NOON - HOUR, NOON), [], starts, 60),
        "over_range": durations(200, 5.0, 20.0),
    }  # fmt: skip
    return PercentileSeries(**(defaults | fields))


def lines_of(series: PercentileSeries) -> dict[str, list[float | None]]:
    return {trace["name"]: trace["y"] for trace in percentiles.draw(series).body["data"]}


@given(points, st.booleans())
def test_the_axis_covers_p50_p95_p99_and_the_period_before(
    drawn: list[Percentiles], has_before: bool
) -> None:
    before = [3 * (point.p95 or 0) for point in drawn] if has_before else None
    series = a_series(*drawn, before=before, least_p95=20, least_p99=100)
    figure = percentiles.draw(series).body
    top = figure["layout"]["yaxis"]["range"][1]
    assert all(v is None or v <= top for trace in figure["data"] for v in trace["y"])


def test_the_median_of_few_values_is_not_clipped() -> None:
    few = Percentiles(3, 500.0, 900.0, 900.0)
    figure = percentiles.draw(a_series(few, few, least_p95=20, least_p99=100)).body
    assert figure["layout"]["yaxis"]["range"] == [0, 540.0]


def test_without_a_comparison_there_is_no_line_and_no_column_of_it() -> None:
    steady = Percentiles(30, 5.0, 20.0, 40.0)
    alone, compared = a_series(steady), a_series(steady, before=[7.0])
    assert "p95 before" not in lines_of(alone)
    assert lines_of(compared)["p95 before"] == [7.0]
    headers = [
        [column["key"] for column in percentiles.draw(series).table.columns]
        for series in (alone, compared)
    ]
    assert headers[0] == ["time", "p99_ms", "p95_ms", "p50_ms", "n"]
    assert headers[1] == ["time", "p99_ms", "p95_ms", "p50_ms", "p95_before_ms", "n"]
    assert percentiles.draw(compared).table.rows == [
        ["2026-03-02 11:00:00", 40.0, 20.0, 5.0, 7.0, 30]
    ]


def test_percentiles_of_few_values_are_not_drawn_but_are_in_the_table() -> None:
    drawn = [Percentiles(n, 40.0, 90.0, 180.0) for n in (19, 99, 100)]
    series = a_series(*drawn, least_p95=20, least_p99=100)
    lines = lines_of(series)
    assert lines["p95"] == [None, 90.0, 90.0]
    assert lines["p99"] == [None, None, 180.0]
    assert lines["p50"] == [40.0, 40.0, 40.0]
    rows = percentiles.draw(series).table.rows
    assert [row[1:4] for row in rows] == [[180.0, 90.0, 40.0]] * 3


def test_a_missing_step_breaks_lines_and_band_and_a_wide_gap_is_named() -> None:
    steady = Percentiles(30, 5.0, 20.0, 40.0)
    series = a_series(*[steady] * 4, minutes=(0, 1, 3, 30), no_data="no reports")
    assert lines_of(series)["p95"] == [20.0, 20.0, None, 20.0, None, 20.0]
    assert lines_of(series)["band"] == [5.0, 5.0, 20.0, 20.0, None]
    notes = percentiles.draw(series).body["layout"]["annotations"]
    assert [note["x"] for note in notes if note["text"] == "no reports"] == ["2026-03-02 11:16:30"]


@pytest.mark.parametrize(("p99", "limits"), [(100.0, []), (101.0, [200.0])])
def test_the_limit_is_in_view_once_a_line_exceeds_half_of_it(
    p99: float, limits: list[float]
) -> None:
    series = a_series(Percentiles(30, 5.0, 20.0, p99), threshold=200.0)
    layout = percentiles.draw(series).body["layout"]
    assert [shape["y0"] for shape in layout.get("shapes", [])] == limits


def test_lines_are_named_by_their_last_value_and_the_foot_by_the_range() -> None:
    drawn = (Percentiles(3, 0.5, 1.5, 2.0), Percentiles(0, None, None, None))
    content = percentiles.draw(a_series(*drawn, over_range=durations(3, 0.5, 1.5)))
    labels = [note["text"] for note in content.body["layout"]["annotations"]]
    assert [text_of(label) for label in labels] == [
        "p50 0.500 ms", "<b>p95 1.50 ms</b>", "p99 2.00 ms",
    ]  # fmt: skip
    assert text_of(content.foot[0]) == (
        "p95 over the range 1.50 ms (n = 3 round trips), mean 0.500 ms"
    )
    assert percentiles.draw(a_series(over_range=durations())).is_empty
