"""The panels of the Testing page: runs, round trips, differences, the server meanwhile."""

from datetime import timedelta

import msgspec
import pytest

from analytics.load_tests.report import Generator, LoadTestReport, Outcome, RunVerdict, ServerSide
from dashboard.server.testing import differences, round_trips, runs, server_panels
from dashboard.server.testing.during import ServerDuring
from tests.support.load_reports import PLAN
from tests.support.pages.components import components_of, links_of, table_rows, text_of
from tests.support.pages.load_test_figures import a_run, run_id, runs_data

FAILED = RunVerdict(outcome=Outcome.FAILED, sentence="It does not hold: 3 connections dropped.")


def test_a_run_is_a_row_and_the_two_compared_are_marked() -> None:
    hostile = "<b>4.18</b>"
    page_data = runs_data([a_run(0), a_run(1, release=hostile), a_run(2, verdict=FAILED)])
    content = runs.draw(page_data)
    rows = table_rows(content.body)
    assert rows[1][2:] == [
        hostile, "light echo", "50 of 50", "0", "12.0", "12.0", "53.3", "Held"
    ]  # fmt: skip
    assert [row[1] for row in rows] == ["22 Nov 10:00", "21 Nov 10:00", "20 Nov 10:00"]
    assert [row[-1] for row in rows] == ["Not held", "Held", "Held"]
    marks = [text_of(each)[-1] for each in components_of(content.body, "pick-box")]
    assert marks == ["1", "0", " "]
    assert len(components_of(content.body, "is-selected")) == 2
    assert [len(row) for row in content.table.rows] == [len(content.table.columns)] * 3
    assert content.foot[0] == "n = 3 runs"


def test_a_click_on_a_third_run_takes_the_earlier_of_the_two_away() -> None:
    content = runs.draw(runs_data([a_run(day) for day in range(3)]))
    third = links_of(content.body)["Compare the run of 20 Nov 10:00 "]
    assert third == f"?runs={run_id(2)},{run_id(0)}"


def test_a_storm_says_when_all_were_back_and_that_some_connected_twice() -> None:
    run = a_run(0, recovery=20.5)
    run = msgspec.structs.replace(
        run, connections=msgspec.structs.replace(run.connections, connected=67)
    )
    (row,) = table_rows(runs.draw(runs_data([run])).body)
    assert (row[4], row[-1]) == ("67 for 50", "Held, back in 20.5 s")


def test_a_deleted_run_of_the_address_is_named() -> None:
    assert runs.draw(runs_data([a_run(0)], deleted=1)).foot[1] == (
        "1 run of this address is stored no more"
    )


def test_round_trips_have_the_earlier_run_the_limit_and_the_phases() -> None:
    page_data = runs_data([a_run(0, 120.0), a_run(1, 150.0)])
    content = round_trips.draw(page_data)
    layout, traces = content.body["layout"], content.body["data"]
    assert [trace["name"] for trace in traces] == ["20 Nov 10:00", "21 Nov 10:00", "anchor"]
    assert {note["text"] for note in layout["annotations"]} == {"steady", "limit 200\u202fms"}
    assert [shape.get("x0") for shape in layout["shapes"]] == [2.0, 0]
    assert content.table.rows[0][:4] == [1.0, pytest.approx(150, rel=0.02), 50, 50]
    assert len(traces[-1]["x"]) == len(content.table.rows) == 32
    assert content.title == "21 Nov 10:00 against 20 Nov 10:00"


def test_a_limit_far_above_is_in_the_foot_alone() -> None:
    content = round_trips.draw(runs_data([a_run(0)]))
    assert "limit 200\u202fms" not in str(content.body["layout"]["annotations"])
    assert text_of(content.foot[1]) == "limit 200 ms, seconds since the start"
    assert content.title == "20 Nov 10:00"
    assert len(content.table.columns) == 4


def test_a_run_without_round_trips_says_so() -> None:
    idle = a_run(0)
    idle = msgspec.structs.replace(idle, round_trip=type(idle.round_trip)())
    content = round_trips.draw(runs_data([idle]))
    assert content.is_empty
    assert "measured no round trip" in content.empty_text
    assert round_trips.draw(runs_data()).is_empty


def test_differences_have_signs_intervals_and_a_mark() -> None:
    content = differences.draw(runs_data([a_run(0), a_run(1, 30.0)]))
    first = table_rows(content.body)[0]
    assert first[0] == "Round trip p95, ms"
    assert first[3].startswith("+")
    assert components_of(content.body, "bad-figure")
    assert content.table.rows[0][-1] == "worse"
    assert content.foot[0] == "n = 30 and 30 windows of the steady phase"


@pytest.mark.parametrize(("value", "text"), [(12.3, "+12.3"), (-3, "\u22123.00"), (0.0001, "0")])
def test_a_change_has_its_sign(value: float, text: str) -> None:
    assert differences.signed(value) == text


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        (a_run(0), a_run(1), "HeldIt still holds. p95 does not differ beyond chance"),
        (a_run(0), a_run(1, 30.0), "HeldIt still holds. p95 is 20 ms higher than in the run of"),
        (a_run(0, 30.0), a_run(1), "HeldIt still holds. p95 is 20 ms lower than"),
        (a_run(0, verdict=FAILED), a_run(1), "HeldIt holds, as the run before did not."),
        (a_run(0), a_run(1, verdict=FAILED), "Not heldIt no longer holds."),
        (a_run(0, verdict=FAILED), a_run(1, verdict=FAILED), "Not heldIt does not hold, as before"),
    ],
)  # fmt: skip
def test_the_sentence_has_the_verdict_and_the_difference(
    before: LoadTestReport, now: LoadTestReport, text: str
) -> None:
    sentence = text_of(differences.sentence(runs_data([before, now])))
    assert sentence.startswith(text)
    assert sentence.endswith("Limit 200 ms. The generator was not the limit: CPU 20.0 %.")


def test_the_sentence_of_one_run_is_its_verdict_and_of_other_plans_no_comparison() -> None:
    limited = a_run(1, verdict=FAILED, generator=Generator(limits=["it used 99% of one core"]))
    alone = text_of(differences.sentence(runs_data([limited])))
    assert alone == (
        "Not heldIt does not hold: 3 connections dropped. Limit 200 ms. "
        "The generator was at its limit: it used 99% of one core."
    )
    mismatched = runs_data(
        [a_run(0), limited], differences=(), mismatch="The two runs did not do the same."
    )
    assert "the plans differ" in text_of(differences.sentence(mismatched))
    assert differences.draw(mismatched).empty_text == "The two runs did not do the same."
    assert differences.sentence(runs_data()) == []


def test_under_ten_windows_the_sentence_has_no_interval() -> None:
    short = [msgspec.structs.replace(each, windows=each.windows[:6],
                                     plan=msgspec.structs.replace(PLAN, steady=4.0))
             for each in (a_run(0), a_run(1))]  # fmt: skip
    assert "too few windows for an interval" in text_of(differences.sentence(runs_data(short)))


def test_the_server_during_a_run_is_drawn_beside_the_generator() -> None:
    server = ServerSide(opened=50, closed={}, received=1500, sent=1500)
    during = ServerDuring(
        connections=[(2.5, 40.0), (7.5, 50.0)], loop_lag=[(2.5, 1.5)], app="<b>", workers=2
    )
    page_data = runs_data([a_run(0, server=server)], during=during)
    content = server_panels.draw_connections(page_data)
    assert content.unit == "app <b>"
    assert [trace["name"] for trace in content.body["data"]] == ["generator", "server", "anchor"]
    assert content.body["layout"]["xaxis"]["range"] == [0, 37.0]
    assert content.foot[0] == "50 connections and 1,500 messages agree with the generator"
    assert "start=2026-11-20T10:00:00Z&end=2026-11-20T10:00:37Z" in links_of(content.foot)[
        "History"
    ].replace("%3A", ":")
    lag = server_panels.draw_loop_lag(page_data)
    assert lag.body["data"][0]["mode"] == "lines+markers"
    assert lag.foot[0] == "n = 2 workers"


def test_without_figures_of_the_server_both_panels_say_why() -> None:
    page_data = runs_data([a_run(0)])
    for content in (
        server_panels.draw_connections(page_data), server_panels.draw_loop_lag(page_data)
    ):  # fmt: skip
        assert content.is_empty
        assert "tested another server" in content.empty_text


def test_what_the_two_ends_count_differently_is_in_the_foot() -> None:
    server = ServerSide(opened=49, closed={}, received=1, sent=1, differences=["opened: 50, 49"])
    during = ServerDuring(connections=[(0.0, 1.0)])
    run = a_run(0, server=server)
    run = msgspec.structs.replace(run, ended_at=run.started_at + timedelta(seconds=0))
    content = server_panels.draw_connections(runs_data([run], during=during))
    assert content.foot[0] == "opened: 50, 49"
    assert content.unit == "all apps"
