"""Lines, bars and their labels as Plotly values; the figure of a rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ranges.timerange import TimeRange
from dashboard.charts import annotations, figures, rule_figure
from dashboard.charts.annotations import Bar, Line
from dashboard.charts.rule_figure import RuleHistory
from dashboard.charts.time_axis import TimeAxis, chart_time
from tests.support.clock import NOON
from tests.support.pages.components import text_of

TICKS = [("2026-03-02 11:00:00", "11:00<br>Mon 2 Mar")]
AXIS = TimeAxis(TimeRange(NOON - timedelta(hours=1), NOON), TICKS)
START = datetime(2026, 3, 1, tzinfo=UTC)


def a_line(*values: float | None, **fields: Any) -> Line:
    return Line(name="line", values=values, color="--p95", **fields)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_end_labels_never_overlap_and_keep_their_order(last_values: list[float]) -> None:
    lines = [a_line(value, label=f"{value:09.4f}") for value in last_values]
    labels = annotations.end_labels(lines, 0, 100)
    heights = [label["y"] for label in labels]
    assert all(b - a >= annotations.LABEL_GAP - 1e-9 for a, b in pairwise(heights))
    assert max(heights) <= 1
    texts = [label["text"].removeprefix("<b>") for label in labels]
    assert texts == sorted(texts)


def test_a_line_without_a_value_has_no_label() -> None:
    assert annotations.end_labels([a_line(None, label="p99"), a_line(1.0)], 0, 10) == []


def test_a_lone_value_is_a_point_and_a_gap_has_no_fill() -> None:
    drawn = [a_line(1.0, None, 3.0, 4.0, fill=True), a_line(1.0, 2.0, fill=True)]
    figure = figures.lines(["a", "b"], drawn, axis=AXIS, least_top=10)
    broken, solid = figure["data"][:2]
    assert broken["marker"]["size"] == [figures.LONE_POINT, 0, 0, 0]
    assert ("fill" in broken, solid["fill"], solid["mode"]) == (False, "tozeroy", "lines")


@given(st.lists(st.lists(st.none() | st.floats(0, 1e6), min_size=3, max_size=3), max_size=4))
def test_the_axis_covers_every_line_and_the_threshold_where_it_is_drawn(
    columns: list[list[float | None]],
) -> None:
    figure = figures.lines(
        ["a", "b", "c"], [a_line(*values) for values in columns],
        axis=AXIS, least_top=10, threshold=(200, "limit"),
    )  # fmt: skip
    layout = figure["layout"]
    top = layout["yaxis"]["range"][1]
    highest = max((v for values in columns for v in values if v is not None), default=0)
    assert top > max(highest, 10)
    assert bool(layout.get("shapes")) == (highest > 100)
    assert top > 200 or highest <= 100


def test_stacked_bars_fit_between_both_ends_of_the_axis() -> None:
    kinds = [
        Bar(name="opened", values=[10, 20], color="--a"),
        Bar(name="more", values=[5, 5], color="--b"),
        Bar(name="failed", values=[-3, 0], color="--c"),
    ]  # fmt: skip
    times = ["2026-03-02 11:30:00", "2026-03-02 11:31:00"]
    figure = figures.bars(times, kinds, axis=AXIS, step_seconds=60)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < -3
    assert high > 25
    assert "-" not in "".join(figure["layout"]["yaxis"]["ticktext"])
    assert figure["data"][0]["width"] == 48_000
    assert figure["data"][0]["offset"] == [6_000, 6_000]


@pytest.mark.parametrize("seconds", [1, 60, 180, 1800])
def test_the_bar_of_a_step_that_has_just_begun_is_on_the_axis(seconds: int) -> None:
    start = NOON - timedelta(seconds=seconds)
    kinds = [Bar(name="opened", values=[1], color="--a")]
    figure = figures.bars([chart_time(start)], kinds, axis=AXIS, step_seconds=1800)
    begin = start + timedelta(milliseconds=figure["data"][0]["offset"][0])
    assert AXIS.window.start < begin <= AXIS.window.end - timedelta(seconds=30)


def test_a_tick_label_of_two_rows_gets_its_room() -> None:
    both = [
        figures.lines([], [], axis=replace(AXIS, ticks=ticks), least_top=1)["layout"]["margin"]["b"]
        for ticks in (TICKS, [("2026-03-02 11:00:00", "11:00")])
    ]
    assert both[0] > both[1]


def test_of_many_events_the_latest_twelve_are_marked() -> None:
    plain = figures.lines([], [], axis=AXIS, least_top=1)
    marks = [(f"2026-03-02 11:{minute:02}:00", str(minute)) for minute in range(20)]
    layout = annotations.with_event_marks(plain, marks)["layout"]
    assert [note["text"] for note in layout["annotations"]] == [str(n) for n in range(8, 20)]


def history(
    *values: float | None, fire: float = 200, clear: float = 180, **fields: Any
) -> RuleHistory:
    return RuleHistory(
        window=TimeRange(START, START + timedelta(days=30)),
        times=[START + timedelta(hours=hour) for hour in range(len(values))], values=[values],
        fire=fire, clear=clear, fire_label="fires above 200", clear_label="clears below 180",
        **fields,
    )  # fmt: skip


def test_the_usual_range_is_of_the_same_hour_and_needs_five_values() -> None:
    times = [START + timedelta(days=day, hours=hour) for day in range(11) for hour in (3, 4)]
    values = [
        float(day) if at.hour == 3 else None
        for day, at in zip(sorted([*range(11)] * 2), times, strict=True)
    ]
    low, high = rule_figure.usual_band(times, values)
    assert set(zip(low[::2], high[::2], strict=True)) == {(1.0, 9.0)}
    assert set(low[1::2]) == {None}
    few, _ = rule_figure.usual_band(times[:8], values[:8])
    assert set(few) == {None}


def test_close_thresholds_have_labels_that_do_not_touch() -> None:
    layout = rule_figure.draw(history(0.0, 1000.0, fire=200, clear=199))["layout"]
    clear, fire = layout["annotations"]
    assert fire["y"] - clear["y"] >= rule_figure.LABEL_DISTANCE - 1e-9
    assert (text_of(fire["text"]), clear["text"]) == ("<b>fires above 200</b>", "clears below 180")
    assert len(rule_figure.draw(history(1.0, fire=5, clear=5))["layout"]["annotations"]) == 1


def test_the_tint_lies_beyond_the_firing_threshold_on_its_side() -> None:
    for is_above in (True, False):
        layout = rule_figure.draw(history(0.0, 400.0, is_above=is_above))["layout"]
        low, high = layout["yaxis"]["range"]
        tint = next(shape for shape in layout["shapes"] if shape.get("opacity") == 0.08)
        assert (tint["y0"], tint["y1"]) == (200, high if is_above else low)


def test_a_span_that_lasts_to_the_end_says_so() -> None:
    end = START + timedelta(days=30)
    spans = [
        (end - timedelta(hours=2), end),
        (START + timedelta(days=3), START + timedelta(days=4)),
    ]
    notes = rule_figure.draw(history(1.0, spans=spans))["layout"]["annotations"]
    labels = [text_of(note["text"]) for note in notes if note["y"] == 1]
    assert [label.endswith(", now") for label in labels] == [False, True]


def test_at_most_four_other_label_sets_are_drawn_faintly_behind() -> None:
    many = RuleHistory(
        window=TimeRange(START, START + timedelta(days=1)), times=[START], values=[[1.0]] * 9,
        fire=2, clear=1, fire_label="", clear_label="",
    )  # fmt: skip
    names = [trace["name"] for trace in rule_figure.draw(many)["data"]]
    assert names == ["usual", *["other"] * 4, "value", "anchor"]
