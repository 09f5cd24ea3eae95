"""The panel of percentiles: its lines, its axis, its table, with and without a comparison."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ranges.steps import Step
from analytics.ranges.timerange import TimeRange
from analytics.ranges.zoned_steps import grid_of
from analytics.stats.percentile_lines import compared
from dashboard.charts import percentiles
from dashboard.charts.percentiles import PercentileSeries
from dashboard.charts.time_axis import TimeAxis
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations
from tests.support.pages.components import text_of
from tests.support.pages.duration_steps import duration_steps

HOUR = timedelta(hours=1)
WINDOW = TimeRange(NOON - HOUR, NOON)
STEADY = [*[5.0] * 270, *[20.0] * 20, *[40.0] * 10]  # 300 of p50 5, p95 20, p99 40
minutes = st.lists(st.lists(st.floats(0.1, 1e5), max_size=3), min_size=1, max_size=12)
Values = Mapping[int, Sequence[float]]


def by_start(values: Values, window: TimeRange) -> dict[datetime, Sequence[float]]:
    return {window.start + timedelta(minutes=minute): each for minute, each in values.items()}


def a_series(values: Values, before: Values | None = None, **fields: Any) -> PercentileSeries:
    """Durations by minute after eleven, and of the hour before by minute after ten."""
    now = by_start(values, WINDOW)
    earlier = None
    if before is not None:
        window = WINDOW.previous()
        earlier = duration_steps(window, 60, by_start(before, window))
    grid = grid_of(WINDOW, Step("", 60))
    defaults: dict[str, Any] = {
        "title": "Round trips", "noun": "round trip", "unit": "ms, per minute",
        "axis": TimeAxis(WINDOW, [], [*now], grid, 60), "over_range": durations(200, 5.0, 20.0),
        "percentiles": compared(duration_steps(WINDOW, 60, now), earlier, HOUR, ZoneInfo("UTC")),
    }  # fmt: skip
    return PercentileSeries(**(defaults | fields))


def lines_of(series: PercentileSeries) -> dict[str, list[float | None]]:
    """The values of each line, rounded: a percentile is at most 2 % off."""
    traces = percentiles.draw(series).body["data"]
    return {trace["name"]: [v and round(v) for v in trace["y"]] for trace in traces}


@settings(deadline=None)  # whole panels are drawn
@given(minutes, minutes | st.none(), st.integers(1, 120))
def test_the_axis_covers_p50_p95_p99_and_the_period_before(
    now: list[list[float]], before: list[list[float]] | None, times: int
) -> None:
    many = {minute: values * times for minute, values in enumerate(now)}
    earlier = {minute: values * times for minute, values in enumerate(before or [])}
    figure = percentiles.draw(a_series(many, earlier if before else None)).body
    top = figure["layout"]["yaxis"]["range"][1]
    assert all(v is None or v <= top for trace in figure["data"] for v in trace["y"])


def test_without_a_comparison_there_is_no_line_and_no_column_of_it() -> None:
    alone, with_before = a_series({0: STEADY}), a_series({0: STEADY}, {0: [7.0] * 300})
    assert "p95 before" not in lines_of(alone)
    assert lines_of(with_before)["p95 before"] == [7]
    headers = [
        [column["key"] for column in percentiles.draw(series).table.columns]
        for series in (alone, with_before)
    ]
    assert headers[0] == ["time", "p99_ms", "p95_ms", "p50_ms", "n"]
    assert headers[1] == ["time", "p99_ms", "p95_ms", "p50_ms", "p95_before_ms", "n"]
    ((time, *values),) = percentiles.draw(with_before).table.rows
    assert time == "2026-03-02 11:00:00"
    assert values == pytest.approx([40, 20, 5, 7, 300], rel=0.02)


def test_a_line_of_few_values_has_longer_steps_and_the_foot_and_the_table_say_so() -> None:
    """Of 60 values a minute p99 has steps of five."""
    content = percentiles.draw(a_series(dict.fromkeys(range(60), STEADY[::5])))
    p99 = next(trace for trace in content.body["data"] if trace["name"] == "p99")
    assert p99["x"][:2] == ["2026-03-02 11:02:00", "2026-03-02 11:07:00"]
    assert len(p99["x"]) == 12
    assert text_of(content.foot[1]) == ("p99 per 5 min")
    assert [text_of(column["label"]) for column in content.table.columns[1:3]] == [
        "p99 (5 min)", "p95",
    ]  # fmt: skip
    rows = content.table.rows
    assert [row[-1] for row in rows] == [60] * 60
    assert len({row[1] for row in rows}) == 1


def test_a_line_that_no_steps_hold_enough_of_is_left_out() -> None:
    few = a_series(dict.fromkeys(range(60), [5.0] * 2), remark="a remark")
    content = percentiles.draw(few)
    assert text_of(content.foot[1]) == (
        "p50 per 15 min; p95 and p99 left out: fewer than 60 and 300 values even per 15 min"
    )
    assert lines_of(few)["p95"] == []
    assert not content.is_empty


def test_without_any_line_the_figures_of_the_range_and_of_each_step_remain() -> None:
    content = percentiles.draw(a_series({0: [5.0] * 3}, over_range=durations(3, 5.0, 5.0)))
    (note,) = content.body["layout"]["annotations"]
    assert note["text"] == "too few values for a line"
    assert [text_of(foot) for foot in content.foot] == [
        "p95 over the range 5.00 ms (n = 3 round trips), mean 5.00 ms",
        "p50, p95 and p99 left out: fewer than 20, 60 and 300 values even per 15 min",
    ]
    ((_, *values),) = content.table.rows
    assert values == pytest.approx([5, 5, 5, 3], rel=0.02)


def test_the_foot_names_the_period_before_where_its_steps_differ() -> None:
    now = dict.fromkeys(range(60), STEADY)
    sparse = percentiles.draw(a_series(now, dict.fromkeys(range(60), [5.0] * 12), remark="exact"))
    assert text_of(sparse.foot[1]) == ("p95 before per 5 min")
    assert text_of(percentiles.draw(a_series(now, now, remark="exact")).foot[1]) == "exact"


def test_a_missing_step_breaks_lines_and_band_and_a_wide_gap_is_named() -> None:
    series = a_series(dict.fromkeys((0, 1, 3, 30), STEADY), no_data="no reports")
    assert lines_of(series)["p95"] == [20, 20, None, 20, None, 20]
    assert lines_of(series)["band"] == [5, 5, 20, 20, None]
    notes = percentiles.draw(series).body["layout"]["annotations"]
    assert [note["x"] for note in notes if note["text"] == "no reports"] == ["2026-03-02 11:16:30"]


@pytest.mark.parametrize(("highest", "limits"), [(90.0, []), (110.0, [200.0])])
def test_the_limit_is_in_view_once_a_line_exceeds_half_of_it(
    highest: float, limits: list[float]
) -> None:
    layout = percentiles.draw(a_series({0: [highest] * 300}, threshold=200.0)).body["layout"]
    assert [shape["y0"] for shape in layout.get("shapes", [])] == limits


def test_lines_are_named_by_their_last_value_and_the_foot_by_the_range() -> None:
    content = percentiles.draw(a_series({0: STEADY}, over_range=durations(3, 0.5, 1.5)))
    labels = [text_of(note["text"]) for note in content.body["layout"]["annotations"]]
    assert labels == ["p50 4.95 ms", "<b>p95 20 ms</b>", "p99 40 ms"]
    assert text_of(content.foot[0]) == (
        "p95 over the range 1.50 ms (n = 3 round trips), mean 0.500 ms"
    )
    assert percentiles.draw(a_series({}, over_range=durations())).is_empty
