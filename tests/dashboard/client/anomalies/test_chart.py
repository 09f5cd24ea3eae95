"""The chart of a judged series: what is drawn, how often it is left, and what is not judged."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from dashboard.charts import usual_range
from dashboard.client.anomalies import chart, controls, marks
from dashboard.client.anomalies.core.url_state import AnomaliesView
from dashboard.widgets.drawn import PanelContent
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.anomalies.judged_series import JudgedSeries, Plant
from tests.support.clock import NOON
from tests.support.pages.anomaly_figures import HOUR, SURGE, an_incident, anomalies_data
from tests.support.pages.components import links_of, text_of

ERRORS = SeriesKey("client", "portal", "error_rate")


def annotations(content: PanelContent) -> list[str]:
    return [each["text"] for each in content.body["layout"]["annotations"]]


def test_measured_expected_range_incident_gap_and_the_next_hours_are_drawn() -> None:
    judged = JudgedSeries(plants=[SURGE], gap_before=5 * HOUR, gap_length=3 * HOUR)
    content = chart.draw(anomalies_data(judged=judged, incident=an_incident()))
    names = [trace["name"] for trace in content.body["data"]]
    assert names == ["usual range", "expected", "measured", "high", "anchor"]
    assert usual_range.is_drawn(content.body)
    marked = content.body["data"][3]
    assert (len(marked["x"]), marked["marker"]["color"]) == (12, "--bad-fill")
    kinds = [shape["type"] for shape in content.body["layout"]["shapes"]]
    assert kinds == ["rect", "line"]
    texts = " | ".join(annotations(content)).replace("\u202f", " ")
    assert "no reports, 3 h" in texts
    assert "<b>High</b>" in texts
    assert "now | next 8 h" in texts
    assert ", expected " in texts
    assert content.title == "Drops"
    assert text_of(content.unit) == "per 5 min, portal"
    assert len(content.table.rows) == 32 * 12
    assert content.table.rows[-1][1] is None
    assert content.table.rows[-1][2] > 0


def test_the_foot_says_what_is_expected_by_what_and_how_often_it_is_left() -> None:
    left, right = (text_of(each) for each in chart.draw(anomalies_data()).foot)
    assert "left by 1.1 % of steps; designed for 1.2 %" in left
    assert left.startswith("n = 34,560 reports · up to 60 sessions a step")
    assert right == (
        "expected by: Prophet (error a step ahead: Prophet 3.40, usual hour 4.10), fitted 03:00"
    )


def test_a_series_that_learns_has_no_range_and_says_how_long_it_takes() -> None:
    judged = JudgedSeries(method="learning", state="learning")
    content = chart.draw(anomalies_data(judged=judged))
    assert not usual_range.is_drawn(content.body) or not content.body["data"][0]["x"]
    assert "24 h of values" in text_of(content.foot[1])
    assert "designed for" not in text_of(content.foot[0])


@pytest.mark.parametrize(
    ("view", "text_part"),
    [
        (AnomaliesView(metric="drops", filters={"country": "AQ"}), "Drops of Antarctica is not"),
        (AnomaliesView(), "This is not judged"),
    ],
)
def test_what_is_not_judged_is_named(view: AnomaliesView, text_part: str) -> None:
    content = chart.draw(anomalies_data(is_judged=False, view=view))
    assert content.is_empty
    assert text_part in text_of(content.empty_text)
    assert content.unit == ""


@pytest.mark.parametrize(
    ("judged_until", "text_part"),
    [(None, "Drops: no step is judged yet"), (NOON, "Drops: no value in this range")],
)
def test_an_empty_chart_says_whether_anything_is_judged_yet(
    judged_until: datetime | None, text_part: str
) -> None:
    of_page, empty = anomalies_data(), anomalies_data(is_judged=False)
    listing = structs.replace(of_page.page.listing, judged_until=judged_until)
    content = chart.draw(
        replace(of_page, page=replace(of_page.page, listing=listing), points=empty.points)
    )
    assert content.is_empty
    assert text_part in text_of(content.empty_text)


def test_shares_are_in_percent_on_an_axis_that_holds_them_closely() -> None:
    judged = JudgedSeries(key=ERRORS, level=0.9, swing=0.01)
    content = chart.draw(anomalies_data(judged=judged))
    low, high = content.body["layout"]["yaxis"]["range"]
    assert 50 < low < 70
    assert high == 100
    assert text_of(content.unit) == "%, each 5 min, portal"


def test_an_ongoing_incident_reaches_to_the_end_and_replaces_now() -> None:
    late = Plant(before=timedelta(minutes=30), length=timedelta(minutes=20), factor=3.0,
                 severity="medium", is_ongoing=True)  # fmt: skip
    content = chart.draw(anomalies_data(judged=JudgedSeries(plants=[late])))
    span = content.body["layout"]["shapes"][0]
    assert span["x1"] == "2026-03-02 12:00:00"
    assert "now" not in annotations(content)
    past = replace(anomalies_data(ahead=timedelta()), ahead_until=anomalies_data().window.end)
    assert [shape["type"] for shape in chart.draw(past).body["layout"]["shapes"]] == ["rect"]


def test_the_menu_has_the_metrics_of_the_source_with_those_that_matter_first() -> None:
    links = links_of(controls.layout(AnomaliesView(metric="latency_ms", incident=7)))
    assert list(links)[:3] == ["Most unusual", "Drops", "Round trip p95"]
    assert links["Drops"] == "?metric=drops"
    of_servers = links_of(controls.layout(AnomaliesView(source="server")))
    assert "Event-loop lag p95" in of_servers
    assert "Stability" not in of_servers


def test_notes_of_gaps_near_each_other_do_not_overlap() -> None:
    data = anomalies_data()
    gap_length = timedelta(hours=1)
    breaks = (timedelta(hours=2), timedelta(hours=4), timedelta(hours=12))

    def is_missing(age: timedelta) -> bool:
        return any(start - gap_length < age <= start for start in breaks)

    now = data.now
    steps = [
        replace(each, observed=None) if is_missing(now - each.starts_at) else each
        for each in data.page.steps
    ]
    noted = marks.gap_notes(replace(data, page=replace(data.page, steps=steps)))
    assert len(noted) == 2


def test_a_usual_range_far_wider_than_what_was_measured_flattens_no_line_of_shares() -> None:
    data = anomalies_data(judged=JudgedSeries(key=ERRORS, level=0.002))
    highest = max(each.observed for each in data.page.steps if each.observed is not None)
    steps = [replace(each, high=100 * highest) for each in data.page.steps]
    wide = replace(data, points=replace(data.points, points=[
        replace(each, high=100 * highest) for each in data.points.points
    ]), page=replace(data.page, steps=steps))  # fmt: skip
    low, high = chart.draw(wide).body["layout"]["yaxis"]["range"]
    assert low >= 0
    assert 100 * highest < high < 5 * 100 * highest


def test_the_value_of_a_low_peak_stands_above_the_axis() -> None:
    fall = Plant(before=10 * HOUR, length=HOUR, factor=0.01)
    for plant, anchor in (fall, "bottom"), (SURGE, "middle"):
        content = chart.draw(anomalies_data(judged=JudgedSeries(plants=[plant]),
                                            incident=an_incident()))  # fmt: skip
        (note,) = [each for each in content.body["layout"]["annotations"]
                   if "expected" in each["text"]]  # fmt: skip
        assert note["yanchor"] == anchor


def test_the_label_of_the_chart_tells_a_usual_range_from_zero_on() -> None:
    data = anomalies_data()
    points = [replace(each, low=0.0) for each in data.current.series]
    label = chart.draw(replace(data, current=replace(data.current, series=points))).label
    assert ", usual 0" in label
    bare = [replace(each, low=None, high=None) for each in points]
    label = chart.draw(replace(data, current=replace(data.current, series=bare))).label
    assert ", usual" not in label
