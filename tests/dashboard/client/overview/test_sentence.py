"""The summary line of the client Overview: what matters most, where, when, and what it means."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dash.development.base_component import Component

from analytics.insight import totals
from analytics.insight.remark import Remark
from analytics.ranges.timerange import TimeRange
from analytics.reports.client_answers import Summary
from analytics.stats.comparison import FigureChange
from analytics.stats.summaries import share_of
from analytics.stats.verdict import Verdict
from dashboard.client.overview import cards, sentence
from dashboard.client.overview.data import OverviewData
from dashboard.core.url_state import View
from tests.support.clock import NOON
from tests.support.pages.alert_lists import an_alert
from tests.support.pages.client_figures import (
    a_summary,
    an_empty_summary,
    connection,
    durations,
    overview_data,
)
from tests.support.pages.components import components_of, text_of, texts_of

IN_BRAZIL = Remark(
    key="latency_ms",
    change=FigureChange(2.51, is_notable=True, growth=1.26),
    meaning=Verdict.MUCH_WORSE,
    now=902.0,
    before=257.0,
    weight=0.6,
    labels={"country": "BR"},
    span=TimeRange(NOON + timedelta(hours=2), NOON + timedelta(hours=6.5)),
)
GOOD = a_summary(
    connect_success=share_of(4950, 5000, 5000), stability=share_of(4950, 5000, 5000),
    error_rate=share_of(10, 10_000, 10_000), latency_ms=durations(5000, 40.0, 90.0),
    reply_ms=durations(5000, 80.0, 180.0), setup_ms=durations(5000, 80.0, 180.0),
    recovery_ms=durations(5000, 900.0, 2000.0), connection=connection(drops=40), sessions=5000,
)  # fmt: skip
BAD = a_summary(
    connect_success=share_of(4500, 5000, 5000), stability=share_of(4500, 5000, 5000),
    error_rate=share_of(900, 10_000, 10_000), latency_ms=durations(5000, 80.0, 270.0),
    reply_ms=durations(5000, 160.0, 540.0), setup_ms=durations(5000, 160.0, 540.0),
    recovery_ms=durations(5000, 1800.0, 6000.0), connection=connection(drops=400), sessions=5000,
)  # fmt: skip


def line(now: Summary, before: Summary | None = None, **fields: Any) -> list[Component]:
    """The summary line of a page with these `fields`."""
    page_data = overview_data(now, before, View(compare="week"))
    return sentence.layout(replace(page_data, **fields))


def test_a_firing_alert_comes_first_with_a_link_and_since_when() -> None:
    firing, change = line(GOOD, GOOD, firing=[an_alert()], remark=IN_BRAZIL)
    assert text_of(firing) == "CriticalSlow, Brazil has fired since 11:55 (UTC)."
    (link,) = components_of(firing, "link")
    assert "alert=1" in link.href
    assert "Brazil" in text_of(change)


def test_the_value_that_explains_a_change_is_named_with_its_hours_and_their_zone() -> None:
    (change,) = line(GOOD, GOOD, remark=IN_BRAZIL)
    assert text_of(change).replace("\u202f", " ") == (
        "Much worseRound trip p95 +251 % in Brazil, 2 Mar 14:00 to 18:30 (UTC): 902 ms, before "
        "257 ms; others as usual. Only Brazil"
    )
    assert len(components_of(change, "tag-bad")) == 1
    (link,) = components_of(change, "link")
    assert "country=BR" in link.href


def test_the_weightiest_change_for_the_worse_is_named() -> None:
    now = a_summary(
        connect_success=share_of(4500, 5000, 5000), latency_ms=durations(5000, 40.0, 117.0)
    )
    (change,) = line(now, GOOD)
    assert (
        text_of(change)
        .replace("\u202f", " ")
        .startswith(
            "Much worseConnect success \u22129.0 pt against a week earlier: 90.0 %, before 99.0 %."
        )
    )


def test_what_is_better_is_named_only_where_nothing_is_worse_and_without_colour() -> None:
    (change,) = line(GOOD, BAD)
    assert text_of(change).startswith("Better")
    assert len(components_of(change, "tag-plain")) == 1
    mixed = a_summary(
        connect_success=share_of(4950, 5000, 5000), latency_ms=durations(5000, 40.0, 400.0),
        sessions=5000,
    )  # fmt: skip
    assert "Round trip p95 +" in text_of(line(mixed, BAD))


@pytest.mark.parametrize("key", totals.COMPARED)
def test_no_figure_that_got_better_is_amber_or_red(key: str) -> None:
    field = "connection" if key == "drops" else key
    for now, is_worse in ((GOOD, False), (BAD, True)):
        before = BAD if now is GOOD else GOOD
        values = {field: getattr(now, field), "sessions": 5000}
        page_data = overview_data(replace_fields(before, values), before)
        for drawn in (cards.layout(page_data), sentence.layout(page_data)):
            tags = [*components_of(drawn, "tag-warn"), *components_of(drawn, "tag-bad")]
            assert bool(tags) is (is_worse and bool(components_of(drawn, "tag")))
        assert texts_of(sentence.layout(page_data), "tag") != []


def replace_fields(summary: Summary, values: dict[str, object]) -> Summary:
    """The summary with other values."""
    own = {name: getattr(summary, name) for name in summary.__struct_fields__}
    return Summary(**(own | values))


def test_without_a_change_the_totals_are_stated_and_what_was_compared() -> None:
    assert text_of(line(a_summary())).replace("\u202f", " ") == (
        "100 sessions, 93.0 % without a drop; round trip p95 90 ms."
    )
    compared = text_of(line(a_summary(), a_summary()))
    assert compared.endswith(
        ". As in a week earlier: connect success, stability, message error rate, drops, "
        "round trip, reply time, handshake time and recovery time."
    )
    assert sentence.layout(overview_data(an_empty_summary())) == []


def test_another_rule_of_drops_is_named_and_not_compared() -> None:
    page_data = overview_data(BAD, replace_fields(GOOD, {"judged_reports": 0}))
    assert isinstance(page_data, OverviewData)
    assert page_data.has_other_rule_before
    assert "Drops" not in text_of(sentence.layout(page_data))
