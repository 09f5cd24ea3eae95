"""The panels of the server Overview: lines, bars, worker rows, feet and tables."""

from datetime import timedelta

import pytest

from dashboard.server.overview import (
    connections,
    errors,
    opens_and_closes,
    round_trip,
    servers,
    workers,
)
from models.raw.server_agents import ServerAgent
from tests.support.clock import NOON
from tests.support.pages import server_figures
from tests.support.pages.client_figures import durations
from tests.support.pages.components import components_of, table_rows, text_of
from tests.support.pages.server_figures import (
    FIXED,
    QUARTER,
    a_point,
    a_worker,
    messages,
    nothing_measured,
    server_data,
    server_metrics,
)


def test_a_step_without_samples_is_a_gap_of_the_line_but_no_row_of_the_table() -> None:
    metrics = server_metrics(series=[a_point(0, active=3.0), a_point(2, active=5.0)])
    content = connections.draw(server_data(metrics))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert drawn["open"] == [3.0, None, 5.0]
    assert content.table.rows == [
        ["2026-03-02 11:45:00", 3.0], ["2026-03-02 11:47:00", 5.0],
    ]  # fmt: skip
    assert content.label == "Connections over time: 12 open now, at most 5."
    assert content.foot == ["n = 2 steps, summed over all workers", "12 open now"]


def test_connections_of_a_past_range_end_with_its_last_value() -> None:
    metrics = server_metrics(series=[a_point(0, active=3.0), a_point(2, active=5.0)])
    content = connections.draw(server_data(metrics, view=FIXED))
    labels = [note["text"] for note in content.body["layout"]["annotations"]]
    assert labels == ["<b>5</b>"]
    assert content.label == ("Connections over time: 5 open at the end of the range, at most 5.")
    assert content.foot[1] == "5 open at the end of the range"


def test_connections_before_stand_at_the_same_offset() -> None:
    before = server_metrics(
        start=NOON - 2 * QUARTER, end=NOON - QUARTER, series=[a_point(-14, active=1.0)]
    )
    content = connections.draw(server_data(server_metrics(), before))
    assert [row[2] for row in content.table.rows] == [None, 1.0]


def test_abnormal_closes_are_drawn_apart_from_normal_ones() -> None:
    closed = {"1000": 3, "1006": 4, "1011": 2, "4000": 1, "4001": 1}
    counts = server_figures.connections(closed=closed, abnormal_closes=8)
    content = opens_and_closes.draw(server_data(server_metrics(connections=counts)))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert (drawn["opens"], drawn["closes"], drawn["abnormal"]) == ([6, 6], [-3, -3], [-1, -1])
    assert content.foot == [
        "30 opened, 11 closed, 8 of them abnormal", "1006: 4, 1011: 2, 4000: 1",
    ]  # fmt: skip
    assert content.table.rows[0] == ["2026-03-02 11:45:00", 6, 4, 1]


def test_message_errors_are_a_share_of_messages_and_a_step_without_any_is_open() -> None:
    series = [a_point(0), a_point(1, errors=0, sent=0, received=0)]
    counts = messages(errors=3, errors_by_kind={"<b>bad</b>": 2, "too-big": 1})
    content = errors.draw(server_data(server_metrics(series=series, messages=counts)))
    assert content.table.rows == [
        ["2026-03-02 11:45:00", 2.5, 3, 90, 30], ["2026-03-02 11:46:00", None, 0, 0, 0],
    ]  # fmt: skip
    assert [text_of(foot) for foot in content.foot] == [
        "1.2 % over the range (n = 240 messages)", "2 of 3: <b>bad</b>",
    ]  # fmt: skip
    (label,) = content.body["layout"]["annotations"]
    assert text_of(label["text"]) == "<b>2.5 %</b>"  # of the last step with messages
    assert "<b>bad" not in str(content.body)


def test_the_round_trip_is_empty_while_no_ping_was_answered() -> None:
    unanswered = [a_point(0, n=0, p50=None, p95=None, p99=None)]
    silent = server_figures.performance(message_latency_ms=durations())
    content = round_trip.draw(server_data(server_metrics(series=unanswered, performance=silent)))
    assert content.is_empty
    assert content.empty_text == (
        "No ping was answered in this range. The first is sent after 1 s."
    )
    assert not round_trip.draw(server_data(server_metrics())).is_empty


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "host · 4711"),
        ({"id": "solo"}, "solo"),
        ({"service": "<i>chat</i>"}, "<i>chat</i> · host · 4711"),
    ],
)
def test_a_worker_is_named_by_host_and_pid_and_a_foreign_service(
    fields: dict[str, str], name: str
) -> None:
    content = workers.draw(server_data(server_metrics(workers=[a_worker(**fields)])))
    assert table_rows(content.body) == [[name, "12", "3.50", "1.50 ms", "64.0 MB"]]


@pytest.mark.parametrize(
    ("lag_ms", "silent_seconds", "is_healthy"),
    [(49.9, 7, True), (None, 7, True), (50.0, 0, False), (1.0, 8, False)],
)
def test_a_worker_that_lags_or_is_silent_is_late(
    lag_ms: float | None, silent_seconds: int, is_healthy: bool
) -> None:
    heartbeat = NOON - timedelta(seconds=silent_seconds)
    worker = a_worker(loop_lag_ms=lag_ms, heartbeat=heartbeat)
    content = workers.draw(server_data(server_metrics(workers=[worker])))
    assert bool(components_of(content.body, "dot-good")) == is_healthy
    assert bool(components_of(content.body, "dot-warn")) != is_healthy


def test_the_last_heartbeat_is_in_the_time_zone_of_the_page() -> None:
    content = workers.draw(server_data(server_metrics(), zone="America/New_York"))
    assert content.unit == "last heartbeat 07:00:00"
    unknown = a_worker(loop_lag_ms=None, memory_bytes=None)
    rows = table_rows(workers.draw(server_data(server_metrics(workers=[unknown]))).body)
    assert rows[0][3:] == ["–", "–"]


def test_every_panel_is_empty_where_nothing_was_measured() -> None:
    nothing = server_data(nothing_measured())
    for panel in (connections, errors, opens_and_closes, round_trip, workers):
        content = panel.draw(nothing)
        assert content.is_empty
        assert content.empty_text
        assert content.table.rows == []


def test_a_measured_server_stands_beside_what_it_does_not_tell() -> None:
    agent = ServerAgent(
        service="chat", app="portal", server="hypercorn 0.18.0", face="asgi", version="1.0.0",
        release="2.4.1", not_counted=("closed", "closed_by"), latest_at=NOON,
    )  # fmt: skip
    content = servers.draw(server_data(server_metrics(agents=[agent])))
    assert "every close code, who closed first" in text_of(content.body)
    assert content.table.rows == [
        ["chat", "portal", "hypercorn 0.18.0", "2.4.1", "1.0.0", "closed, closed_by"]
    ]
    assert servers.draw(server_data(server_metrics())).is_empty
