"""The Testing page: what its URL selects, what it reads, and how a run is started."""

from uuid import UUID

import msgspec
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.load_tests.runs import LoadTestRuns, summary_of
from analytics.permission.actor import Actor
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from dashboard.server.testing import command, data, during
from dashboard.server.testing.empty_state import empty_state_of
from dashboard.server.testing.page import PAGE
from dashboard.server.testing.url_state import MOST_RUNS, RunsView
from models.database.engine import Database
from settings import Settings
from tests.support.load_reports import PLAN
from tests.support.pages.components import links_of, text_of
from tests.support.pages.load_test_figures import NOW, a_run, run_id, runs_data
from tests.support.pages.page_services import page_services


@settings(deadline=None)
@given(st.lists(st.uuids(), max_size=MOST_RUNS, unique=True))
def test_an_address_read_back_selects_the_same_runs(runs: list[UUID]) -> None:
    view = PAGE.tab.view(f"?range=7d&app=x&runs={','.join(map(str, runs))}")
    assert isinstance(view, RunsView)
    assert view.runs == tuple(runs)
    assert view.filters == {}
    assert PAGE.tab.view(view.search()) == view


@settings(deadline=None)
@given(st.text())
def test_any_text_instead_of_runs_opens(text: str) -> None:
    view = PAGE.tab.view(f"?runs={text}")
    assert isinstance(view, RunsView)
    assert len(view.runs) <= MOST_RUNS


def test_a_run_is_added_and_taken_back() -> None:
    first, second, third = map(run_id, range(3))
    view = RunsView(zone="Europe/Berlin")
    assert view.toggling(second, [first]) == f"?tz=Europe%2FBerlin&runs={first},{second}"
    assert view.toggling(third, [first, second]).endswith(f"runs={second},{third}")
    assert view.toggling(first, [first, second]).endswith(f"runs={second}")
    assert view.toggling(first, [first]) == "?tz=Europe%2FBerlin"


def test_the_newest_run_is_compared_with_the_last_that_did_the_same() -> None:
    rows = [summary_of(a_run(day)) for day in (3, 2, 1, 0)]
    assert data.default_selection(rows) == (run_id(3), run_id(2))
    assert data.default_selection(rows[:1]) == (run_id(3),)
    assert data.default_selection([]) == ()


def test_the_newest_run_is_compared_with_its_marked_baseline() -> None:
    rows = [summary_of(a_run(day)) for day in (3, 2, 1)]
    baseline = msgspec.structs.replace(summary_of(a_run(0)), is_baseline=True)
    assert data.default_selection(rows, [baseline]) == (run_id(3), run_id(0))
    for changes in ({"target": "ws://elsewhere"}, {"scenario": "rooms"}, {"id": run_id(3)}):
        other = msgspec.structs.replace(baseline, **changes)
        assert data.default_selection(rows, [other]) == (run_id(3), run_id(2))


@pytest.mark.parametrize(
    ("url", "app"),
    [
        ("ws://127.0.0.1:8050", "load-test"),
        ("wss://metrics.example/", "load-test"),
        ("ws://127.0.0.1:8050/ws?app=ci", "ci"),
        ("ws://127.0.0.1:8050/ws", None),
        ("ws://[", None),
    ],
)
def test_the_app_of_a_run_is_that_of_its_address(url: str, app: str | None) -> None:
    assert during.app_of(url) == app


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("http://127.0.0.1:8050", "--url ws://127.0.0.1:8050 --token-file token"),
        ("https://metrics.example",
         "--url wss://metrics.example --token-file token --yes-i-own-this"),
        ("http://a;reboot:80", "--url 'ws://a;reboot:80' --token-file token --yes-i-own-this"),
    ],
)  # fmt: skip
def test_the_command_has_the_address_of_this_installation(address: str, options: str) -> None:
    assert command.command_for(address) == f"./test_websocket_load.sh medium {options}"


def test_the_address_is_the_public_url_else_that_of_the_request() -> None:
    assert command.origin("https://metrics.example") == "https://metrics.example"
    assert command.origin(None) == command.DEFAULT_ORIGIN
    with Flask("a").test_request_context(base_url="http://node-a:8050"):
        assert command.origin(None) == "http://node-a:8050"


def test_without_runs_the_page_says_how_to_start() -> None:
    empty = empty_state_of(runs_data())
    assert empty is not None
    message = empty.full_message()
    assert "No load test yet" in text_of(message)
    assert "--url wss://metrics.example" in text_of(message)
    assert links_of(message) == {}
    beside = empty_state_of(runs_data(newest=summary_of(a_run(0))))
    assert beside is not None
    assert "start=2026-11-20T09" in links_of(beside.full_message())["Show the newest run"]
    assert empty_state_of(runs_data([a_run(0)])) is None


def test_runs_are_read_with_what_the_server_counted_meanwhile(database: Database) -> None:
    load_tests = LoadTestRuns(database, lambda: NOW)
    other = a_run(2, plan=msgspec.structs.replace(PLAN, rate=2.0))
    for run in (a_run(0), a_run(1, 30.0), other):
        load_tests.store(Actor("ci", "ingest"), run)
    services = page_services(
        load_tests=load_tests, history=HistoryReports(database), now=lambda: NOW,
        performance=PerformanceReports(database), settings=Settings(public_url="https://m.example"),
    )  # fmt: skip
    page_data = data.read(services, PAGE.tab.view(f"?runs={run_id(0)},{run_id(1)}"), "UTC")
    assert page_data.selected == [run_id(0), run_id(1)]
    assert page_data.differences[0].is_worse
    assert (page_data.during.connections, page_data.during.workers) == ([], 0)
    assert (page_data.origin, len(page_data.current.rows)) == ("https://m.example", 3)
    default = data.read(services, PAGE.tab.view(f"?runs={run_id(2)},{run_id(9)}"), "UTC")
    assert (default.selected, default.deleted) == ([run_id(2)], 1)
    mismatched = data.read(services, PAGE.tab.view(""), "UTC")
    assert "did not do the same" in mismatched.mismatch
    earlier = data.read(services, PAGE.tab.view("?range=1h"), "UTC")
    assert earlier.newest is not None
    assert (earlier.selected, earlier.newest.id) == ([], run_id(2))
