"""The panels of the client Overview: figures, rows, tables and feet of summaries."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analytics.query.not_counted import BY_SEVERAL_DIMENSIONS
from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import counted
from analytics.reports.client_splits import ClientSplits, ProtocolTrips
from dashboard.client.overview import (
    blind,
    closes,
    drops,
    messages,
    outcomes,
    protocols,
    round_trip,
    shares,
)
from dashboard.client.overview.data import OverviewData
from dashboard.core.numbers import THIN
from dashboard.core.url_state import View
from dashboard.widgets.drawn import PanelContent
from tests.support.pages.client_figures import (
    a_point,
    a_summary,
    an_empty_summary,
    connection,
    durations,
    overview_data,
)
from tests.support.pages.components import components_of, links_of, text_of, texts_of
from tests.support.pages.duration_steps import duration_steps


def test_after_a_drop_shares_are_of_all_drops_and_the_missing_ones_are_counted() -> None:
    content = drops.draw(overview_data(a_summary()))
    assert texts_of(content.body, "chain-number") == ["8", "7", "1", "6", "4", "2"]
    assert "3 connections replaced by the page, no drop." in text_of(content.body)
    assert texts_of(content.body, "waiting")[0].endswith("hidden10.0 s")
    assert text_of(components_of(content.body, "chain-between")) == (
        "9 reconnection attempts, 1.50 per reconnection75.0 %2 took longer, p95 12.0 s50.0 %"
    )
    assert content.foot == ["n = 8 drops in 7 sessions", "2 not reconnected in this range"]
    assert content.table.rows[0] == ["Drops", 8, ""]
    assert ["Recovery time p95", 12_000.0, "ms"] in content.table.rows


def test_feet_say_that_a_session_makes_more_than_20_percent() -> None:
    plain = a_summary()
    largest = a_summary(
        latency_ms=replace(counted(plain.latency_ms), largest_session=0.25),
        error_rate=replace(plain.error_rate, largest_session=0.3),
        connection=connection(drops=8, drops_largest_session=0.5),
    )
    data = overview_data(largest)
    assert drops.draw(data).foot[0].endswith(f" sessions, one session makes 50.0{THIN}%")
    assert (
        messages.draw(data)
        .foot[0]
        .endswith(f" messages in 100 sessions, one session makes 30.0{THIN}%")
    )
    assert f"400 round trips, one session makes 25.0{THIN}%)" in round_trip.draw(data).foot[0]
    assert f"400 round trips (one session makes 25.0{THIN}%)" in protocols.draw(data).foot[0]


def test_feet_say_that_sessions_were_not_compared() -> None:
    reason = "It is kept for one filter at a time."
    data = overview_data(
        a_summary(
            connection=connection(drops=8, drops_largest_session=None),
            not_counted={"largest_session": reason},
        )
    )
    for panel in (drops, messages, round_trip, protocols):
        assert "largest session not counted" in panel.draw(data).foot[0]
    assert round_trip.draw(data).foot[-1] == reason
    plain = overview_data(a_summary())
    for panel in (drops, messages, round_trip, protocols):
        assert "largest session" not in panel.draw(plain).foot[0]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_no_step_after_a_drop_is_larger_than_the_step_before(
    dropped: int, reconnected: int, within_5_s: int
) -> None:
    counts = connection(
        drops=dropped, reconnect_successes=reconnected, recovered_within_5_s=within_5_s
    )
    content = drops.draw(overview_data(a_summary(connection=counts)))
    bars = components_of(content.body, "chain-bar")
    numbers = [int(n) for bar in bars if bar.className == "chain-bar"
               for n in texts_of(bar, "chain-number")]  # fmt: skip
    assert all(larger >= smaller for larger, smaller in pairwise(numbers))
    assert content.is_empty == (dropped == 0)


def test_the_p95_before_stands_at_the_same_offset_of_its_own_range() -> None:
    current = a_summary(series=[a_point(0), a_point(5)])
    window = TimeRange(current.start, current.end).previous()
    before = a_summary(start=window.start, end=window.end, series=[a_point(-55), a_point(-50)])
    earlier = {window.start + timedelta(minutes=5): [70.0] * 60}
    now = TimeRange(current.start, current.end)
    content = round_trip.draw(
        overview_data(
            current, before, latency=duration_steps(now, 300, {now.start: [90.0] * 60}),
            latency_before=duration_steps(window, 300, earlier),
        )
    )  # fmt: skip
    assert [row[4] for row in content.table.rows] == [None, pytest.approx(70, rel=0.02)]


def test_the_foot_of_the_round_trip_has_value_unit_and_n() -> None:
    content = round_trip.draw(overview_data(a_summary(latency_ms=durations(1, 40.0, 90.0))))
    assert text_of(content.foot[0]) == ("p95 over the range 90 ms (n = 1 round trip), mean 40 ms")
    assert text_of(content.unit) == "ms, per 5 min"
    assert round_trip.draw(overview_data(an_empty_summary())).is_empty


def test_failed_and_dropped_connections_hang_below_zero() -> None:
    content = outcomes.draw(overview_data(a_summary()))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert (drawn["opened"], drawn["failed"], drawn["dropped"]) == ([9, 9], [-1, -1], [-2, -2])
    assert content.table.rows[0] == ["2026-03-02 11:00:00", 9, 1, 2, 10]
    assert content.foot == ["n = 200 attempts in 100 sessions", "10 failed, 8 dropped"]


def test_close_codes_are_ordered_explained_and_abnormal_ones_counted() -> None:
    codes = {"1000": 5, "1006": 90, "4001": 4, "2999": 1, "<b>1</b>": 0}
    by_engine = {"1006": {"WebKit": 80, "Chromium": 10}, "1000": {"Chromium": 5}}
    given = {"1000": 5, "4000": 1}
    content = closes.draw(overview_data(
        a_summary(connection=connection(close_codes=codes, close_codes_given=given)),
        splits=ClientSplits(closes=by_engine),
    ))  # fmt: skip
    rows = components_of(content.body, "table-plain")
    assert text_of(rows).startswith(
        "CodeChromiumWebKitAllShare1006closed abnormally (no close frame)10809090.0 %"
    )
    assert texts_of(content.body, "row-words") == [
        "closed abnormally (no close frame)", "closed normally", "application-defined code",
        "unassigned code", "unassigned code",
    ]  # fmt: skip
    assert content.foot == [
        "n = 100 closes in 100 sessions, 95 abnormal", "closed by the page with 1000 (5), 4000 (1)"
    ]  # fmt: skip
    assert content.table.rows[0] == [
        "1006", "closed abnormally (no close frame)", 90, 0.9, 10, 0, 80, 0
    ]  # fmt: skip


def test_the_most_frequent_codes_are_drawn_and_all_are_in_the_table() -> None:
    codes = {str(code): 1 for code in range(4000, 4009)}
    content = closes.draw(overview_data(a_summary(connection=connection(close_codes=codes))))
    assert len(components_of(content.body, "row-name")) == closes.MOST_CODES
    assert len(content.table.rows) == 9


@pytest.mark.parametrize(
    "draw",
    [outcomes.draw, closes.draw, messages.draw, protocols.draw, shares.draw_networks],
    ids=lambda draw: str(draw.__module__).rpartition(".")[2],
)
def test_feet_tell_the_sessions_beside_n(
    draw: Callable[[OverviewData], PanelContent],
) -> None:
    content = draw(overview_data(a_summary()))
    assert "in 100 sessions" in text_of(content.foot[0])


def test_replies_stand_beside_round_trips_by_protocol() -> None:
    trips = ProtocolTrips("phoenix", 9, durations(5, 20.0, 50.0), durations(3, 200.0, 400.0))
    content = protocols.draw(overview_data(a_summary(), splits=ClientSplits(protocols=[trips])))
    assert [row[0] for row in content.table.rows] == ["All", "phoenix"]
    assert content.table.rows[1][1:] == [200.0, 400.0, 800.0, 3, 20.0, 50.0, 100.0, 5]
    several = ClientSplits(protocols=None, protocols_reason=BY_SEVERAL_DIMENSIONS)
    content = protocols.draw(overview_data(a_summary(), splits=several))
    assert (len(content.table.rows), content.foot[1]) == (1, str(BY_SEVERAL_DIMENSIONS))


def test_blind_monitors_are_named_with_what_to_do() -> None:
    reasons = {"loaded-late": 3, "<b>": 1}
    content = blind.draw(overview_data(a_summary(may_be_blind=reasons)))
    assert "3 sessions may be blind: loaded late3Load the monitor before" in text_of(content.body)
    assert "1 session may be blind: <b>1" in text_of(content.body)
    assert blind.draw(overview_data(a_summary())).is_empty


def test_a_network_links_to_its_filter_and_a_hostile_name_stays_text() -> None:
    hostile = "javascript:alert(1)"
    networks = {"4g": 3, hostile: 1, "unknown": 1}
    view = View(filters={"app": "portal"})
    content = shares.draw_networks(overview_data(a_summary(network=networks), view=view))
    links = links_of(content.body)
    assert links["Like 4G or better"] == "?app=portal&effective_type=4g"
    assert links[hostile] == "?app=portal&effective_type=javascript%3Aalert%281%29"
    assert content.foot[0] == "n = 5 reports in 100 sessions"


def test_messages_state_their_bytes_and_the_share_of_failures() -> None:
    content = messages.draw(overview_data(a_summary()))
    assert texts_of(content.body, "row-line") == [
        "Sent1,2004.50 MB", "Received800900 B", "Queued3while offline", "Failed20.1 %",
    ]  # fmt: skip
    assert content.table.rows[0] == ["sent", 1200, 4_500_000]
    assert messages.draw(overview_data(an_empty_summary())).is_empty
