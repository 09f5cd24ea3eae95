"""The panels of a pair and of what a drop costs: what they draw, say and export."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.correlation.results import Correlations, Pair, PairOverTime
from dashboard.client.correlation import empty_state, page
from dashboard.client.correlation.core import axes, values
from dashboard.client.correlation.core.url_state import CorrelationView
from dashboard.client.correlation.cost import cost_days, cost_table
from dashboard.client.correlation.matrix import pair_table
from dashboard.client.correlation.page import BOARD
from dashboard.client.correlation.pair import dose, scatter, shifts, summary, views
from tests.support.pages.components import table_rows, text_of
from tests.support.pages.correlation_figures import (
    HOURS,
    REASON,
    correlation_data,
    correlations,
    estimate,
    refused,
)

CONFOUNDED = "latency_p95_ms~page_load_ms"


def sessions_alone(result: Correlations) -> Correlations:
    """The same with sessions alone: no hour has both sides."""
    without = PairOverTime(n=0, left_out=HOURS, reason=REASON)
    return replace(result, pairs=tuple(replace(pair, over_time=without) for pair in result.pairs))


@pytest.mark.parametrize("result", [correlations(), refused(), sessions_alone(correlations())])
def test_every_panel_draws_any_pair_without_a_figure_that_is_none(result: Correlations) -> None:
    for pair in result.pairs[::7]:
        data = correlation_data(result, CorrelationView(pair=pair.key))
        for spec, draw in BOARD.panels:
            content = draw(data)
            assert content.title or not spec.has_dynamic_title
            json.dumps([content.body if spec.has_chart else None, content.table.rows],
                       allow_nan=False)  # fmt: skip
            assert len(content.foot) == 2
            assert all(len(row) == len(content.table.columns) for row in content.table.rows)
            assert content.table.rows or content.is_empty
            assert "nan" not in (text_of(content.body) if not spec.has_chart else content.label)


def test_the_summary_has_both_views_and_names_what_explains_it() -> None:
    content = summary.draw(correlation_data(view=CorrelationView(pair=CONFOUNDED)))
    text = text_of(content.body)
    for part in (
        "Over time", "0.41", "0.33 to 0.49", "190 of 672", "Per session", "0.12",
        "explained by Country", "People touched", "12.0 %", "+3.10 ms per 10 ms",
    ):  # fmt: skip
        assert part in text
    assert content.foot[0] == "Strong from 0.70: not reached"
    strong = summary.draw(correlation_data())
    assert strong.foot[0] == "Strong from 0.70: reached over time and among equals"


def test_a_refused_view_says_why_beside_the_other() -> None:
    result = sessions_alone(correlations())
    text = text_of(summary.draw(correlation_data(result)).body)
    assert REASON in text
    assert "among equals" in text
    assert scatter.draw(correlation_data(result)).empty_text == f"Not enough data. {REASON}"


def test_the_marks_of_the_documentation_are_drawn_beside_every_way_to_measure() -> None:
    content = views.draw(correlation_data(view=CorrelationView(pair=CONFOUNDED)))
    lines = [each["x0"] for each in content.body["layout"]["shapes"]]
    assert lines == [0.0, -0.7, 0.7]
    labels = content.body["layout"]["yaxis"]["ticktext"]
    assert labels[0] == "<b>Over time</b>"
    assert "<b>Equal in country</b>" in labels
    assert "Equal in browser" in labels
    assert content.foot[1] == "explained by Country"


@pytest.mark.parametrize("points", [40, 672, 9_000])
def test_a_scatter_has_at_most_a_thousand_points_and_its_table_the_same(points: int) -> None:
    pair = correlation_data().pair
    drawn = pair.over_time.scatter
    assert drawn is not None
    numbers = np.arange(points, dtype=float)
    many = replace(drawn, at=np.arange(points) * 3600, x=numbers, y=-numbers)
    result = correlations(pairs=(_with(pair, replace(pair.over_time, scatter=many, n=points)),))
    content = scatter.draw(correlation_data(result))
    dots = content.body["data"][0]
    assert len(dots["x"]) == len(content.table.rows) <= scatter.MOST_POINTS
    assert ("of them drawn" in content.foot[0]) == (points > scatter.MOST_POINTS)


def _with(pair: Pair, view: PairOverTime) -> Pair:
    return replace(pair, over_time=view)


def test_the_shift_that_stands_out_is_marked_and_named() -> None:
    content = shifts.draw(correlation_data())
    bars = content.body["data"][0]
    marked = [hours for hours, color in zip(bars["x"], bars["marker"]["color"], strict=True)
              if color == "--measured"]  # fmt: skip
    assert marked == [2]
    assert content.foot[0] == "Strongest where INP comes 2\u202fh later."


def test_the_dose_curve_has_a_reference_and_the_people_of_each_bin() -> None:
    content = dose.draw(correlation_data())
    axis = content.body["layout"]["xaxis"]
    assert axis["ticktext"][0] == "0<br>n 12\u202fk"
    assert content.body["layout"]["shapes"][0]["y0"] == 4.1
    assert [row[0] for row in content.table.rows] == ["0", "1", "2", "3–5", "more"]
    assert content.table.rows[0][4:7] == [None, None, None]


def test_the_cost_is_a_difference_with_interval_per_day_and_in_people() -> None:
    content = cost_table.draw(correlation_data())
    rows = table_rows(content.body)
    assert rows[0] == [
        "Interactions, per minute", "3.20", "3.90", "−0.700 (−18 %)−0.800 to −0.600",
        "−1,417 interactions−1,637 to −1,197", "5,670",
    ]  # fmt: skip
    assert "No session reported page errors." in rows[2][1]
    days = cost_days.draw(correlation_data())
    assert len(days.body["data"][0]["x"]) == len(days.table.rows) == 28


def test_of_more_sessions_than_are_read_the_page_says_how_many() -> None:
    note = "48,210 sessions, 80.0\u202f% of all, at random"
    drawn = correlation_data(correlations(read_share=0.8))
    everybody = correlation_data()
    for draw in (pair_table.draw, cost_table.draw):
        assert note in draw(drawn).foot[0]
        assert "at random" not in draw(everybody).foot[0]
    assert note.replace("\u202f", " ") in text_of(BOARD.status(drawn))
    assert "at random" not in text_of(BOARD.status(everybody))


def test_nobody_touched_is_no_everybody() -> None:
    nobody, limitless = (
        correlations(pairs=tuple(
            replace(pair, per_session=replace(pair.per_session, touched=touched))
            for pair in correlations().pairs
        ))
        for touched in (estimate(0.0, 0.0), None)
    )  # fmt: skip
    assert "People touched0.0 %" in text_of(summary.draw(correlation_data(nobody)).body)
    assert "People touched–" in text_of(summary.draw(correlation_data(limitless)).body)
    setup = correlation_data(limitless, CorrelationView(pair="setup_p95_ms~lcp_ms"))
    assert "People touchedeverybody" in text_of(summary.draw(setup).body)


def test_nothing_in_a_range_says_what_to_do() -> None:
    nothing = correlations(sessions=0, reports=0)
    state = empty_state.empty_state_of(correlation_data(nothing))
    assert state is not None
    assert "Set up" in text_of(state.full_message())
    filtered = CorrelationView(filters={"app": "kiosk"})
    state = empty_state.empty_state_of(correlation_data(nothing, filtered))
    assert state is not None
    assert "No sessions match this 1 filter" in text_of(state.full_message())
    assert empty_state.empty_state_of(correlation_data()) is None


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_axes_have_ticks_within_their_ends(low: float, length: float) -> None:
    axis = axes.axis_of([low, low + length], is_signed=True)
    assert axis.low < 0 < axis.high
    assert 2 <= len(axis.ticks) <= 9
    assert all(axis.low <= value <= axis.high for value, _ in axis.ticks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (values.coefficient_text(-0.004), "0.00"), (values.coefficient_text(None), "–"),
        (values.p_text(0.0002), "< 0.001"), (values.p_text(0.0123), "0.012"),
        (values.signed(0.0), "0"), (values.signed(12.34), "+12.3"),
        (values.lag_text(0), "same hour"),
        (values.lag_text(-180), "3\u202fh earlier"), (values.short_count(212), "212"),
        (values.short_count(48_210), "48\u202fk"), (values.short_count(4_821_000), "4.82\u202fM"),
        (values.signed_interval(estimate(0.0, 1.0)), "−1.00 to +1.00"),
    ],
)  # fmt: skip
def test_figures_as_text(text: str, expected: str) -> None:
    assert text == expected


def test_the_control_has_a_bar_of_its_own_within_the_page() -> None:
    _, bar, _ = page.layout().children
    assert bar.className == "map-controls"
    assert bar.children.id == page.CONTROLS
