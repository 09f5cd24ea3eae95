"""The panels of History: one series or several on an axis, with the period before."""

import pytest

from analytics.query.not_counted import BY_SEVERAL_DIMENSIONS
from analytics.query.series_values import SeriesValue
from dashboard.server.history import chart
from dashboard.widgets.drawn import PanelContent
from tests.support.pages.components import text_of, texts_of
from tests.support.pages.history_figures import (
    a_history,
    computed,
    history_data,
    percentile_history,
)


def lines_of(content: PanelContent) -> dict[str, list[float | None]]:
    return {
        trace["name"]: trace["y"] for trace in content.body["data"] if trace["name"] != "anchor"
    }


def test_a_share_is_drawn_in_percent_with_its_gap_and_stored_as_a_share() -> None:
    rates = computed("message_error_rate", [0.01, None, 0.02], SeriesValue(0.015, 900))
    content = chart.renderer(0)(history_data(a_history(rates)))
    assert lines_of(content) == {"Message error rate": [1.0, None, 2.0]}
    assert [row[1:] for row in content.table.rows] == [[0.01, 7], [0.02, 7]]
    assert text_of(content.foot[0]) == "Message error rate 1.5 % (n = 900 messages)"
    assert text_of(content.unit) == "%, server, per 5 min"


def test_the_period_before_lies_on_the_corresponding_steps() -> None:
    current = a_history(computed("opened", [1.0, 2.0, 3.0]))
    before = a_history(computed("opened", [None, 9.0, 8.0], hours_ago=2), hours_ago=2)
    content = chart.renderer(0)(history_data(current, before))
    assert lines_of(content) == {"Opened before": [None, 9.0, 8.0], "Opened": [1.0, 2.0, 3.0]}
    assert [row[1:] for row in content.table.rows] == [[1.0, None, 7], [2.0, 9.0, 7], [3.0, 8.0, 7]]
    assert [column["label"] for column in content.table.columns][1:3] == ["Opened", "Before"]


@pytest.mark.parametrize(
    ("n", "minutes", "foot"),
    [
        (60, [5] * 12, ""),
        (
            20,
            [15] * 4,
            "Ping round trip p95 per 15 min",
        ),
    ],
)
def test_a_percentile_is_drawn_in_steps_that_hold_enough_values(
    n: int, minutes: list[int], foot: str
) -> None:
    current = percentile_history(n)
    content = chart.renderer(0)(history_data(current, percentile_history(n, hours_ago=2)))
    drawn = lines_of(content)
    assert len(drawn["Ping round trip p95"]) == len(minutes)
    assert drawn["Ping round trip p95"] == drawn["Ping round trip p95 before"]
    assert text_of(content.foot[1]) == foot
    assert len({(row[1], row[2]) for row in content.table.rows}) == 1
    assert [row[3] for row in content.table.rows] == [7] * 12


def test_a_percentile_of_too_few_values_is_left_out_for_its_figure_over_the_range() -> None:
    content = chart.renderer(0)(history_data(percentile_history(5)))
    assert lines_of(content) == {"Ping round trip p95": []}
    assert [text_of(foot) for foot in content.foot] == [
        "Ping round trip p95 50 ms (n = 60 durations)",
        "Ping round trip p95 left out: fewer than 60 values even per 15 min",
    ]
    (note,) = content.body["layout"]["annotations"]
    assert note["text"] == "too few values for a line"
    assert [row[1:] for row in content.table.rows] == [[50.0, 7]] * 12


def test_a_period_before_that_was_hardly_measured_is_not_compared() -> None:
    current = a_history(computed("opened", [1.0] * 12))
    before = a_history(computed("opened", [9.0], hours_ago=2), hours_ago=2)
    page_data = history_data(current, before)
    assert not page_data.has_before
    assert list(lines_of(chart.renderer(0)(page_data))) == ["Opened"]


def test_percentiles_of_a_metric_share_an_axis_and_are_named_by_their_share() -> None:
    current = a_history(*(computed(f"latency_{p}_ms", [50.0]) for p in ("p50", "p95", "p99")))
    page_data = history_data(current, has_shared_axes=True)
    content = chart.renderer(0)(page_data)
    labels = [note["text"] for note in content.body["layout"]["annotations"]]
    assert {text_of(label) for label in labels} == {
        "<b>p50 50 ms</b>", "<b>p95 50 ms</b>", "<b>p99 50 ms</b>",
    }  # fmt: skip
    assert content.title == "Ping round trip"
    assert texts_of(content.legend, "legend-entry") == [
        *(f"Ping round trip {p}, server" for p in ("p50", "p95", "p99")), "before",
    ]  # fmt: skip
    assert chart.renderer(1)(page_data) is chart.NOTHING


def test_series_of_different_units_have_axes_of_their_own() -> None:
    current = a_history(computed("opened", [1.0]), computed("latency_p95_ms", [5.0]))
    shared = history_data(current, has_shared_axes=True)
    assert [[entry.series.name for entry in group] for group in shared.panels] == [
        ["opened"], ["latency_p95_ms"],
    ]  # fmt: skip


@pytest.mark.parametrize(("highest", "has_limit"), [(190.0, True), (100.0, False)])
def test_the_limit_of_a_metric_is_drawn_where_the_axis_reaches_it(
    highest: float, has_limit: bool
) -> None:
    content = chart.renderer(0)(history_data(a_history(computed("latency_p95_ms", [highest]))))
    texts = [text_of(note["text"]) for note in content.body["layout"]["annotations"]]
    assert ("limit 200 ms" in texts) == has_limit


def test_a_filter_that_a_source_does_not_have_is_named() -> None:
    current = a_history(computed("opened", [1.0]), filtered={"opened": ["app"]})
    filtered = history_data(current, filters={"app": "x", "country": "BR", "page": "/"})
    foot = chart.renderer(0)(filtered).foot[1]
    assert foot == "server series are not filtered by country or page"
    assert chart.renderer(0)(history_data(current)).foot[1] == ""


def test_a_series_that_was_not_counted_says_why_and_what_to_change() -> None:
    missing = {"client_latency_p95_ms": BY_SEVERAL_DIMENSIONS}
    current = a_history(computed("client_latency_p95_ms", []), not_counted=missing)
    assert chart.renderer(0)(history_data(current)).not_counted == str(BY_SEVERAL_DIMENSIONS)


def test_a_series_without_a_value_says_what_it_counts() -> None:
    current = a_history(computed("opened", []), computed("client_drops", [2.0]))
    content = chart.renderer(0)(history_data(current))
    assert content.is_empty
    assert content.empty_text.startswith("Opened: no data in this range. ")
    assert content.foot[0] == "Opened: no data"
    assert content.table.rows == []


def test_bytes_are_drawn_in_megabytes() -> None:
    memory = computed("memory_bytes", [9_000_000.0], SeriesValue(9_000_000.0, 12))
    content = chart.renderer(0)(history_data(a_history(memory)))
    assert lines_of(content) == {"Memory": [9.0]}
    assert text_of(content.foot[0]) == "Memory 9.00 MB (n = 12 samples)"


def test_only_the_first_frame_has_a_title_before_any_data() -> None:
    assert [chart.slot(index).title for index in chart.SLOTS] == ["History", "", "", "", ""]
    assert len({chart.slot(index).name for index in chart.SLOTS}) == 5
