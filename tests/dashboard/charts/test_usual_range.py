"""The band behind a line: drawn first, held by the axis, with the dashes and spans of incidents."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from analytics.ranges.timerange import TimeRange
from dashboard.charts import figures, usual_range
from dashboard.charts.annotations import Bar, Line
from dashboard.charts.time_axis import TimeAxis, chart_time, ticks
from dashboard.charts.usual_range import NO_USUAL, Span, UsualLines
from tests.support.clock import NOON

STARTS = [NOON + timedelta(hours=hour) for hour in range(4)]
TIMES = [chart_time(at) for at in STARTS]
WINDOW = TimeRange(NOON, NOON + timedelta(hours=4))
AXIS = TimeAxis(WINDOW, ticks(WINDOW, NOON, ZoneInfo("UTC")))
USUAL = UsualLines(
    times=TIMES,
    expected=[10.0, 10, None, 10],
    low=[8.0, 8, None, 8],
    high=[40.0, 40, None, 40],
    spans=[Span(STARTS[1], STARTS[2], "medium")],
)
LINE = Line(name="drops", values=[9.0, 11, 12, 9], color="--measured", label="9")


def test_a_line_lies_over_its_band_on_an_axis_that_holds_both() -> None:
    figure = figures.lines(TIMES, [LINE], axis=AXIS, least_top=1, usual=USUAL)
    assert [trace["name"] for trace in figure["data"]] == [
        "usual range", "expected", "drops", "anchor",
    ]  # fmt: skip
    assert 18 < figure["layout"]["yaxis"]["range"][1] < 20  # half as high again as the line
    (shape,) = figure["layout"]["shapes"]
    assert (shape["fillcolor"], shape["x0"]) == ("--warn-fill", TIMES[1])
    band, dashes = figure["data"][:2]
    assert band["x"].count(None) == 1  # the last step stands alone, without a polygon
    assert dashes["line"]["dash"] == "4px,3px"
    assert usual_range.is_drawn(figure)


def test_bars_stand_before_their_band_with_the_dashes_over_them() -> None:
    bars = [Bar(name="opened", values=[9.0, 9, 9, 9], color="--measured")]
    figure = figures.bars(TIMES, bars, axis=AXIS, step_seconds=3600, usual=USUAL)
    assert [trace["name"] for trace in figure["data"]] == [
        "usual range", "opened", "expected", "anchor",
    ]  # fmt: skip
    assert 13 < figure["layout"]["yaxis"]["range"][1] < 16


def test_without_a_band_nothing_is_added() -> None:
    figure = figures.lines(TIMES, [LINE], axis=AXIS, least_top=1)
    assert [trace["name"] for trace in figure["data"]] == ["drops", "anchor"]
    assert not usual_range.is_drawn(figure)
    assert NO_USUAL.highest == 0.0
    assert (USUAL.top_beside(100.0), USUAL.top_beside(0.0)) == (40.0, 40.0)
