"""The strip and the summary line of the server Overview, now and at the end of a fixed range."""

from dataclasses import fields

import pytest

from analytics.alerting.answers import AlertResponse
from dashboard.server.data import ServerData
from dashboard.server.overview import cards, sentence
from dashboard.server.overview.data import OverviewData
from dashboard.server.overview.page import PAGE
from tests.support.pages.alert_lists import an_alert
from tests.support.pages.client_figures import durations
from tests.support.pages.components import components_of, text_of, texts_of
from tests.support.pages.server_figures import (
    FIXED,
    a_point,
    connections,
    messages,
    nothing_measured,
    performance,
    server_data,
    server_metrics,
)


def card_texts(page_data: ServerData) -> dict[str, str]:
    """Value with unit, and note, by the label of the card."""
    strip = cards.layout(page_data)
    labels, notes = texts_of(strip, "card-label"), texts_of(strip, "card-note")
    figures = texts_of(strip, "card-figure")
    return {
        label: f"{figure} | {note}"
        for label, figure, note in zip(labels, figures, notes, strict=True)
    }


def line(page_data: ServerData, *firing: AlertResponse) -> str:
    """The summary line while these alerts fire."""
    own = {field.name: getattr(page_data, field.name) for field in fields(page_data)}
    return text_of(sentence.layout(OverviewData(**own, firing=firing, rules={})))


def test_rates_are_over_the_measured_minutes_alone() -> None:
    closed = connections(closed={"1000": 7, "1006": 1})
    texts = card_texts(server_data(server_metrics(connections=closed)))
    assert texts["Opens"] == "15.0/min | 30 opens in the range"
    assert texts["Closes"] == "4.00/min | 8 closes in the range"
    assert texts["Messages"] == "2.00/s | 240 in the range"


def test_gauges_are_those_of_now_or_of_the_end_of_a_fixed_range() -> None:
    metrics = server_metrics(series=[a_point(0, active=3.0), a_point(1, active=7.0, members=1.0)])
    now, then = card_texts(server_data(metrics)), card_texts(server_data(metrics, view=FIXED))
    assert now["Connections"] == "12 | in the range 3 to 7"
    assert then["Connections"] == "7 | in the range 3 to 7"
    assert (now["Rooms"], then["Rooms"]) == ("2 | 8 members", "2 | 1 member")
    assert now["Users"] == "9 | distinct, connected now"
    assert then["Users"] == "– | available for now only"


def test_an_empty_range_has_dashes_and_says_so() -> None:
    texts = card_texts(server_data(nothing_measured(), view=FIXED))
    assert texts["Connections"] == "– | none in this range"
    assert texts["Rooms"] == "– | none in this range"
    assert texts["Message error rate"] == "– | no messages in this range"
    assert texts["Ping round trip p95"] == "– | no round trips in this range"


def test_each_figure_is_beside_that_of_the_period_before() -> None:
    before = server_metrics(
        series=[a_point(-15, active=1.0)], connections=connections(opened=3),
        messages=messages(errors=24),
        performance=performance(message_latency_ms=durations(9, 2, 8)),
    )  # fmt: skip
    texts = card_texts(server_data(server_metrics(), before))
    assert texts["Connections"] == "12 | before 1 to 1"
    assert texts["Opens"] == "15.0/min | before 3.00"
    assert texts["Messages"] == "2.00/s | before 4.00"
    assert texts["Message error rate"] == "0.0% | before 10.0"
    assert texts["Ping round trip p95"] == "20ms | before 8.00 ms"


def test_fewer_message_errors_are_better_and_more_are_worse() -> None:
    few, many = server_metrics(), server_metrics(messages=messages(errors=24))
    strip = cards.layout(server_data(few, many))
    assert texts_of(strip, "tag-plain") == ["10.0 pt better"]
    assert len(components_of(strip, "icon-down")) == 1
    assert texts_of(cards.layout(server_data(many, few)), "tag-bad") == ["10.0 pt much worse"]


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({}, "No workerNo worker has sent a heartbeat lately."),
        ({"service": "chat"}, ""),
    ],
)
def test_a_missing_worker_is_a_problem_of_the_own_service_only(
    filters: dict[str, str], text: str
) -> None:
    page_data = server_data(nothing_measured(filters=filters))
    assert line(page_data) == text


def test_slow_readers_come_before_the_totals() -> None:
    slow = server_metrics(connections=connections(slow_closes=1))
    assert line(server_data(slow)) == (
        "Slow readers1 connection closed because the client read too slowly (1013)."
    )
    assert line(server_data(server_metrics())) == (
        "12 connections open on 1 worker, 15.0 opened per minute; ping round trip p95 20 ms."
    )


def test_a_firing_alert_comes_first_with_its_time_zone_and_how_many_more_fire() -> None:
    text = line(server_data(server_metrics()), an_alert(severity="critical"), an_alert())
    assert text.startswith("Critical")
    assert "has fired since" in text
    assert "(UTC)" in text
    assert "; 1 more fires." in text
    assert "connections open" in text


def test_a_past_range_is_named_by_its_end_and_not_by_the_workers_of_now() -> None:
    metrics = server_metrics(series=[a_point(0), a_point(1, active=7.0)], workers=[])
    assert line(server_data(metrics, view=FIXED)) == (
        "7 connections open at the end of the range, 15.0 opened per minute; "
        "ping round trip p95 20 ms."
    )


def test_the_label_of_every_card_is_that_of_its_skeleton() -> None:
    drawn = texts_of(cards.layout(server_data(server_metrics())), "card-label")
    assert drawn == list(PAGE.labels) == texts_of(PAGE.layout(), "card-label")
