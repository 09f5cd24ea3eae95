"""Bands of load tests behind a chart: clipped to its range, with a name and a box."""

from datetime import timedelta

from analytics.load_tests.windows import LoadTestBand
from dashboard.charts.annotations import Figure
from dashboard.charts.load_test_bands import with_bands
from tests.support.clock import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LONG = LoadTestBand(NOON - HOUR, NOON + 10 * MINUTE, "load test <b>")
SHORT = LoadTestBand(NOON + 30 * MINUTE, NOON + 31 * MINUTE, "load test light")
BEFORE = LoadTestBand(NOON - HOUR, NOON, "load test heavy")


def test_a_band_is_clipped_and_named() -> None:
    figure = with_bands({"data": [], "layout": {"shapes": [{}]}}, [LONG, SHORT, BEFORE], NOON,
                        NOON + HOUR)  # fmt: skip
    long, short, _ = figure["layout"]["shapes"]
    assert long["x0"] < long["x1"] < short["x0"] < short["x1"]
    names = [(each["text"], each["hovertext"]) for each in figure["layout"]["annotations"]]
    assert names == [("load test", "load test &lt;b&gt;"), ("\u25be", "load test light")]


def test_a_figure_without_a_time_axis_or_without_load_tests_stays_as_it_is() -> None:
    hidden = {"data": [], "layout": {"xaxis": {"visible": False}}}
    plain: Figure = {"data": [], "layout": {}}
    assert with_bands(hidden, [LONG], NOON, NOON + HOUR) is hidden
    assert with_bands(plain, [], NOON, NOON + HOUR) is plain
