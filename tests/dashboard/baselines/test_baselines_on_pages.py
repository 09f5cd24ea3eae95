"""The comparison with a baseline on pages: texts, table, menu, commands and messages."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dash import no_update
from msgspec.structs import replace

from analytics.baselines.actions import BaselineNameTaken, BaselineWatched
from analytics.baselines.answers import BaselineComparison, BaselineResponse, MeasureComparison
from analytics.baselines.limits import BaselineFault, BaselineRequest
from analytics.baselines.reports import NoSuchBaseline
from analytics.formatting.numbers import MINUS, THIN
from analytics.permission.actor import SHELL, Actor
from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import DatabaseAway
from analytics.stats.verdict import Verdict
from dashboard.baselines import callbacks, commands, menu, panel, states, wording
from dashboard.core.url_state import View, read
from dashboard.page.filter_bar import NO_BASELINES
from dashboard.page.page import Tab
from models.metrics.dimensions import DIMENSIONS
from tests.support.clock import NOON
from tests.support.pages.components import links_of, table_rows, text_of
from tests.support.pages.page_services import page_services

UTC = ZoneInfo("UTC")
CLIENT = Tab(label="Overview", section="Client", dimensions=DIMENSIONS)
JUNE = BaselineResponse(
    id=7, name="June", note="calm", source="client", filters={"country": "BR"},
    start=NOON - timedelta(days=7), end=NOON - timedelta(days=1), zone="UTC", hours=144,
    created_at=NOON - timedelta(days=1), created_by="ada",
)  # fmt: skip
LATENCY = MeasureComparison(
    metric="latency_ms", aggregation="p95", label="Round trip p95", unit="ms", value=412.0, n=900,
    baseline=290.0, baseline_n=8000, difference=122.0, low=29.0, high=203.0, change=0.42,
    change_low=0.09, change_high=0.71, p=0.001,
    is_real=True, verdict=Verdict.WORSE, method="hours", reason=None,
)  # fmt: skip
SUCCESS = replace(
    LATENCY, metric="connect_success", aggregation="ratio", label="Connect success", unit="share",
    value=0.938, baseline=0.95, difference=-0.012, low=-0.02, high=0.004, change=-0.0126,
    change_low=None, change_high=None, p=0.2,
    is_real=False, verdict=None, method="sessions",
)  # fmt: skip
UNJUDGED = replace(
    SUCCESS, label="Reply time p95", unit="ms", value=None, baseline=None, difference=None,
    low=None, high=None, change=None, p=None, method=None, reason="Nothing was measured.",
)  # fmt: skip
COMPARISON = BaselineComparison(
    baseline=JUNE, start=NOON - timedelta(days=1), end=NOON, data_as_of=NOON,
    hours_of_day=list(range(24)), measures=[SUCCESS, LATENCY, UNJUDGED],
)  # fmt: skip
REQUEST = BaselineRequest(
    name="June", source="client", window=TimeRange(JUNE.start, JUNE.end), filters={}
)


def services(actor: Actor | None = SHELL, **methods: Any) -> Any:
    """Services whose baselines answer with `methods`; what raises is an exception."""

    def answering(result: Any) -> Any:
        def method(*_arguments: object) -> Any:
            if isinstance(result, Exception):
                raise result
            return result

        return method

    each = SimpleNamespace(**{name: answering(result) for name, result in methods.items()})
    baselines = SimpleNamespace(reports=each, actions=each)
    return page_services(baselines=baselines, viewer=lambda: actor)


def test_values_have_their_unit_and_differences_are_relative_or_in_points() -> None:
    assert wording.value_text(412.0, "ms") == f"412{THIN}ms"
    assert wording.value_text(412.0, "ms per session-hour") == f"412{THIN}ms"
    assert wording.value_text(0.412, "per session-hour") == "0.412"
    assert wording.per_text("ms per session-hour") == "per session-hour"
    assert wording.per_text("per session-hour") == "per session-hour"
    assert wording.per_text("ms") == ""
    assert wording.value_text(0.938, "share") == f"93.8{THIN}%"
    assert wording.value_text(None, "ms") == "–"
    assert wording.difference_text(LATENCY) == f"+42{THIN}%"
    assert wording.interval_text(LATENCY) == f"+9.0{THIN}% to +71{THIN}%"
    assert wording.difference_text(SUCCESS) == f"{MINUS}1.20{THIN}pt"
    assert wording.interval_text(UNJUDGED) == "Nothing was measured."
    of_none = replace(LATENCY, baseline=0.0, difference=412.0)
    assert wording.difference_text(of_none) == f"+412{THIN}ms"
    assert wording.difference_text(replace(LATENCY, difference=2900.0)) == "11 times"


def test_the_sentence_counts_what_differs() -> None:
    assert wording.sentence(COMPARISON.measures) == (
        "1 of 2 measures differ beyond chance: 1 worse."
    )
    assert wording.sentence([SUCCESS]) == "None of 1 measure differs beyond chance."
    assert wording.sentence([UNJUDGED]).startswith("Nothing can be compared")
    some = replace(COMPARISON, hours_of_day=[9, 10])
    assert wording.hours_text(COMPARISON) == ""
    assert "9, 10 (UTC)" in wording.hours_text(some)


def test_the_panel_has_what_differs_on_top_and_everything_in_its_table() -> None:
    drawn = panel.layout(COMPARISON, NOON, UTC, states.actions(may_remove=True))
    text = text_of(drawn)
    rows = table_rows(drawn)
    assert [row[0].strip() for row in rows] == [
        "Round trip p95",
        "Connect success",
        "Reply time p95",
    ]
    assert [row[-1] for row in rows] == ["worse", "no", "no"]
    assert "“calm”" in text
    assert "saved 1 Mar 12:00 by ada" in text
    assert "Remove the baseline" in text
    assert "format=csv" in links_of(drawn)["CSV of all measures"]


def test_the_menu_lists_baselines_of_the_side_of_the_page() -> None:
    server = replace(JUNE, id=8, name="Server June", source="server")
    view = View(compare="baseline-7")
    offered = menu.entries(view, [JUNE, server], "client", may_save=True)
    assert offered.name == "June"
    texts = " ".join(text_of(each) for each in offered.entries)
    assert "June · Country Brazil" in texts
    assert "Server June" not in texts
    assert "Save as baseline" in texts
    empty = menu.entries(View(), [], "client", may_save=False)
    assert "an admin can save" in " ".join(text_of(each) for each in empty.entries)
    away = services(all=DatabaseAway("away"))
    assert callbacks.entries_of(away, CLIENT, view) is NO_BASELINES


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (BaselineFault("name", "must be text"), "Name: must be text."),
        (BaselineNameTaken("June"), "Another baseline has this name."),
        (DatabaseAway("away"), "The database does not answer. Try again."),
    ],
)
def test_what_cannot_be_saved_says_why(fault: Exception, message: str) -> None:
    assert commands.save(services(add=fault), REQUEST, View()) == (no_update, message)


def test_saving_and_removing_change_the_address() -> None:
    search, fault = commands.save(services(add=JUNE), REQUEST, View())
    assert (read(search).baseline, fault) == (7, "")
    compared = View(compare="baseline-7")
    for result in None, NoSuchBaseline("gone"):
        assert commands.remove(services(remove=result), compared) == ("?", "")
    watched = commands.remove(services(remove=BaselineWatched("Slow")), compared)
    assert watched == (no_update, "The rule Slow compares with it: change that first.")
    assert commands.save(services(None), REQUEST, View()) == (no_update, states.SIGNED_OUT)
    assert commands.remove(services(None), compared) == (no_update, states.SIGNED_OUT)


def test_an_address_selects_a_baseline_and_nothing_else() -> None:
    assert read("?compare=baseline-12").baseline == 12
    assert read("?compare=baseline-12").search() == "?compare=baseline-12"
    for wrong in "baseline-0", "baseline-x", "baseline-" + "9" * 20, "baseline-1;":
        assert read(f"?compare={wrong}").compare == "previous"
    window = TimeRange(NOON - timedelta(days=1), NOON)
    assert View(compare="baseline-12").compared_range(window) is None


def test_another_selection_leads_to_that_of_the_baseline() -> None:
    drawn = states.other_selection(View(compare="baseline-7"), JUNE, {}, "client")
    assert "is of browsers, Country Brazil; this page is of browsers, no filters" in text_of(drawn)
    assert "?compare=baseline-7&country=BR" in links_of(drawn).values()
    of_server = replace(JUNE, source="server", filters={})
    drawn = states.other_selection(View(compare="baseline-7"), of_server, {}, "client")
    assert "/admin/websocket-analytics?compare=baseline-7" in links_of(drawn).values()
    assert "no such baseline" in " ".join(text_of(each) for each in states.not_there(View()))
