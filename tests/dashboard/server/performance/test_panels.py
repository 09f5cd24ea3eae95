"""The panels of Performance: percentiles, the heatmap, the breakdown, lines per worker."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ranges.timerange import TimeRange
from dashboard.core.url_state import View
from dashboard.server.performance import data, latency, processes, spread, where
from tests.support.clock import NOON
from tests.support.pages.client_figures import durations
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.pages.duration_steps import duration_steps
from tests.support.pages.performance_figures import (
    QUARTER,
    a_performance,
    a_process,
    performance_data,
)


def test_the_latency_before_is_shifted_onto_the_range() -> None:
    """Of the second minute, in the first quarter of an hour and in the one before it."""
    before = a_performance(start=NOON - 2 * QUARTER, end=NOON - QUARTER)
    second = before.start + timedelta(minutes=1)
    earlier = duration_steps(TimeRange(before.start, before.end), 60, {second: [2.0] * 60})
    content = latency.draw(
        performance_data(((), (20.0,) * 60), before=before, latency_before=earlier)
    )
    assert [row[4] for row in content.table.rows] == [None, pytest.approx(2.0, rel=0.02)]
    assert content.table.rows[1][0] == "2026-03-02 11:46:00"
    assert content.table.rows[1][5] == 60


@settings(deadline=None)  # whole panels are drawn
@given(st.lists(st.lists(st.floats(0.05, 50_000), max_size=6).map(tuple), max_size=15).map(tuple))
def test_the_table_of_the_heatmap_neither_loses_nor_invents_round_trips(
    round_trips: tuple[tuple[float, ...], ...],
) -> None:
    content = spread.draw(performance_data(round_trips))
    total = sum(map(len, round_trips))
    assert sum(row[-1] for row in content.table.rows) == total
    assert all(sum(row[1:-1]) == row[-1] for row in content.table.rows)
    assert all(len(row) == len(content.table.columns) for row in content.table.rows)
    assert content.is_empty == (total == 0)


def test_the_heatmap_counts_per_column_and_scales_to_its_largest_cell() -> None:
    content = spread.draw(performance_data(((20.0, 20.0, 300.0), (20.0,))))
    assert content.foot[0] == "n = 4 round trips in 2 columns"
    assert text_of(content.unit) == "ms, count per 1 min and bucket"
    assert text_of(content.legend) == "02 round trips"
    assert [row[-1] for row in content.table.rows] == [3, 1]
    assert len(content.body["layout"]["shapes"]) == 1  # the limit lies between both


def test_the_breakdown_has_bars_relative_to_the_longest_step() -> None:
    content = where.draw(
        performance_data(processing=durations(8, 1.0, 5.0), broadcast=durations(1, 2.0, 20.0))
    )
    assert table_rows(content.body) == [
        ["Processing time", "", "1.00", "5.00", "10.0", "8"],
        ["Broadcast time", "", "2.00", "20.0", "40.0", "1"],
        ["Event-loop lag", "", "–", "–", "–", "0"], ["Ping round trip", "", "–", "–", "–", "0"],
    ]  # fmt: skip
    widths = [bar.style["width"] for bar in components_of(content.body, "bar-fill")]
    assert widths == ["25.0%", "100.0%", "0.0%", "0.0%"]
    assert where.draw(performance_data()).is_empty


def test_of_the_longest_running_workers_the_highest_peak_is_in_front() -> None:
    running = [a_process(f"host:{pid}:x", 10**6 * pid, 10**6) for pid in range(1, 6)]
    brief = a_process("host:99:x", 10**9)
    content = processes.renderer(processes.MEMORY)(performance_data(processes=[brief, *running]))
    assert [column["label"] for column in content.table.columns] == [
        "Time",
        "5",
        "4",
        "3",
        "2",
        "1",
    ]
    assert text_of(content.foot) == ("highest 5.00 MB on 55 of 6 workers, the longest running")
    assert content.body["data"][4]["line"]["color"] == "--measured"


def test_equal_pids_are_named_with_their_hosts() -> None:
    running = [a_process("one:7:a", 2_000_000), a_process("two:7:b", 1_000_000)]
    content = processes.renderer(processes.MEMORY)(performance_data(processes=running))
    assert [column["label"] for column in content.table.columns[1:]] == ["one · 7", "two · 7"]


def test_the_name_of_a_worker_cannot_draw_in_the_chart() -> None:
    running = [a_process("<img src=x>", 2_000_000)]
    content = processes.renderer(processes.MEMORY)(performance_data(processes=running))
    (label,) = content.body["layout"]["annotations"]
    assert text_of(label["text"]) == "<b>&lt;img src=x&gt; 2.00 MB</b>"
    assert content.table.columns[1]["key"] == "<img src=x>"


def test_a_value_that_was_not_measured_is_a_gap() -> None:
    running = [a_process("host:7:a", 2_000_000, None, 4_000_000)]
    content = processes.renderer(processes.MEMORY)(performance_data(processes=running))
    assert [row[1] for row in content.table.rows] == [2.0, None, 4.0]


@pytest.mark.parametrize(
    ("chart", "fields", "foot"),
    [
        (processes.CPU, {"cpu": 0.255}, "highest 25.5 % on 7"),
        (processes.DESCRIPTORS, {"descriptors": 1500}, "highest 1,500 on 7"),
        (processes.LAG, {"lags": 300}, "highest 293 ms on 7"),
    ],
)
def test_each_chart_states_its_peak_in_its_own_unit(
    chart: processes.Chart, fields: dict[str, Any], foot: str
) -> None:
    running = [a_process("host:7:a", None, **fields)]
    content = processes.renderer(chart)(performance_data(processes=running))
    assert text_of(content.foot[0]) == foot
    assert (content.body["layout"]["yaxis"].get("type") == "log") == chart.is_log


@pytest.mark.parametrize(
    "chart", [processes.CPU, processes.DESCRIPTORS, processes.LAG, processes.MEMORY]
)
def test_a_chart_without_any_value_says_what_no_worker_reported(chart: processes.Chart) -> None:
    content = processes.renderer(chart)(performance_data(processes=[a_process("host:7:a", None)]))
    assert content.is_empty
    assert content.empty_text.startswith("No worker reported")
    assert content.foot == ["none", "0 of 1 worker, the longest running"]


def test_lag_is_drawn_in_steps_that_hold_300_values() -> None:
    minutes = [None] * 15
    content = processes.renderer(processes.LAG)(
        performance_data(processes=[a_process("host:7:a", *minutes, lags=50)])
    )
    assert text_of(content.foot[1]) == "p99 left out: fewer than 300 values even per 5 min"
    assert [row[1] for row in content.table.rows] == pytest.approx([50] * 15, rel=0.02)
    assert [trace["y"] for trace in content.body["data"][:-1]] == [[]]


def test_workers_fill_the_page_unless_it_is_filtered_by_app() -> None:
    running = [a_process("host:7:a", 1)]
    unfiltered = performance_data(processes=running)
    filtered = performance_data(processes=running, view=View(filters={"app": "x"}))
    assert data.empty_state_of(unfiltered) is None
    assert data.empty_state_of(filtered) is not None


def test_the_download_has_the_charted_series_and_the_filters() -> None:
    status = data.status(performance_data(filters={"service": "chat"}))
    assert text_of(status[0]) == (
        "Data as of 12:00:00 · resolution 1 min"
        " · nothing to compare with in the previous period · 0 workers"
    )
    address = links_of(status)["Series of this page"]
    assert "series=latency_p50_ms%2Clatency_p95_ms%2C" in address
    assert address.endswith("&service=chat")
