"""Messages & errors: the strip, the rates and the three tables."""

from analytics.reports.server_answers import ByType
from dashboard.server.messages import cards, rates, tables
from dashboard.server.messages.page import PAGE
from tests.support.pages.client_figures import durations
from tests.support.pages.components import table_rows, text_of, texts_of
from tests.support.pages.server_figures import (
    a_point,
    connections,
    messages,
    nothing_measured,
    performance,
    server_data,
    server_metrics,
)


def test_each_card_states_its_count_with_bytes_interval_or_median() -> None:
    metrics = server_metrics(
        messages=messages(errors=6, errors_by_kind={"too-big": 6}),
        performance=performance(processing_ms=durations(60, 0.5, 2.0)),
    )
    strip = cards.layout(server_data(metrics))
    assert texts_of(strip, "card-figure") == ["60", "180", "6", "2.5%", "2.00ms", "–"]
    assert texts_of(strip, "card-note") == [
        "6.00 kB of payload", "18.0 kB of payload", "1 kind", "1.2 to 5.3", "median 0.500 ms",
        "none in this range",
    ]  # fmt: skip


def test_without_messages_there_is_no_share_of_errors() -> None:
    strip = cards.layout(server_data(nothing_measured()))
    assert texts_of(strip, "card-figure")[3] == "–"
    assert texts_of(strip, "card-note")[3] == "no messages in this range"


def test_rates_are_per_second_in_the_chart_and_counts_in_the_table() -> None:
    content = rates.draw(server_data(server_metrics(series=[a_point(0), a_point(2)])))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert drawn["received"] == [0.5, None, 0.5]
    assert drawn["sent"] == [1.5, None, 1.5]
    assert content.table.rows[0] == ["2026-03-02 11:45:00", 30, 90, 3]
    assert content.label == "Messages over time: 0.500 received and 1.50 sent per second."


def test_types_beyond_twelve_are_in_the_table_only_and_stay_text() -> None:
    by_type = {f"<b>{number}</b>": ByType(sent=number, received=1) for number in range(13)}
    content = tables.draw_types(server_data(server_metrics(messages=messages(by_type=by_type))))
    assert table_rows(content.body)[0] == ["<b>0</b>", "1", "0"]
    assert (len(table_rows(content.body)), len(content.table.rows)) == (12, 13)
    assert content.foot[0] == "n = 13 types"


def test_an_error_kind_has_its_meaning_and_an_unregistered_kind_none() -> None:
    kinds = {"too-big": 3, "javascript:x": 1}
    counts = messages(errors=4, errors_by_kind=kinds)
    content = tables.draw_errors(server_data(server_metrics(messages=counts)))
    assert table_rows(content.body) == [
        ["too-big message over the limit, closed 1009", "3", "75.0 %"],
        ["javascript:x ", "1", "25.0 %"],
    ]
    assert content.table.rows[1] == ["javascript:x", "", 1]


def test_rejected_handshakes_stand_beside_the_close_codes() -> None:
    closed_by = {"client": 1204, "proxy": 1}
    counts = connections(closed={"1000": 1}, closed_by=closed_by, rejected={"403": 1})
    content = tables.draw_closes(server_data(server_metrics(connections=counts)))
    assert table_rows(content.body) == [
        ["1000 closed normally", "1", "50.0 %"], ["HTTP 403 handshake rejected", "1", "50.0 %"],
    ]  # fmt: skip
    assert content.foot[0] == "n = 2 closes"
    assert text_of(content.foot[1]) == "1,204 by client, 1 by proxy"


def test_counts_that_are_all_zero_have_no_share() -> None:
    counts = messages(errors=0, errors_by_kind={"too-big": 0})
    content = tables.draw_errors(server_data(server_metrics(messages=counts)))
    assert content.is_empty


def test_every_panel_says_why_it_is_empty() -> None:
    nothing = server_data(nothing_measured())
    contents = [draw(nothing) for _, draw in PAGE.panels]
    assert all(content.is_empty for content in contents)
    assert len({content.empty_text for content in contents}) == len(contents)
