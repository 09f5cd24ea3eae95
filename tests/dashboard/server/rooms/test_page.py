"""Rooms: their cards, their lines over time, and the busiest ones."""

from analytics.reports.server_answers import Room, RoomsNow
from dashboard.server.rooms.page import PAGE, draw_history, draw_top
from tests.support.pages.client_figures import durations
from tests.support.pages.components import table_rows, texts_of
from tests.support.pages.server_figures import (
    FIXED,
    a_point,
    nothing_measured,
    performance,
    server_data,
    server_metrics,
)


def test_members_per_room_are_a_mean_and_a_dash_without_rooms() -> None:
    rooms = RoomsNow(active=3, members=10, top=[])
    broadcast = performance(broadcast_ms=durations(7, 1.0, 3.0))
    strip = PAGE.cards(server_data(server_metrics(rooms=rooms, performance=broadcast)))
    assert texts_of(strip, "card-figure") == ["3", "10", "3.33", "3.00ms"]
    empty_strip = PAGE.cards(server_data(nothing_measured()))
    assert texts_of(empty_strip, "card-figure") == ["0", "0", "–", "–"]
    assert texts_of(empty_strip, "card-note")[3] == "no messages"


def test_the_name_of_a_room_stays_text_in_cell_and_hover() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    rooms = [Room(app="<b>", room=hostile, members=2, messages=1500)]
    content = draw_top(server_data(server_metrics(rooms=RoomsNow(active=1, members=2, top=rooms))))
    assert table_rows(content.body) == [[hostile, "<b>", "2", "1,500"]]
    assert content.table.rows == [[hostile, "<b>", 2, 1500]]
    assert content.foot[0] == "n = 1 room"


def test_rooms_and_members_are_drawn_with_their_gaps() -> None:
    content = draw_history(server_data(server_metrics(series=[a_point(0), a_point(2, rooms=5.0)])))
    drawn = {trace["name"]: trace["y"] for trace in content.body["data"]}
    assert (drawn["members"], drawn["rooms"]) == ([8.0, None, 8.0], [2.0, None, 5.0])
    assert content.table.rows[1] == ["2026-03-02 11:47:00", 5.0, 8.0]
    assert content.label == "Rooms over time: 2 rooms, 8 members now."


def test_rooms_of_a_past_range_end_with_its_last_values() -> None:
    page_data = server_data(
        server_metrics(series=[a_point(0), a_point(1, rooms=5.0, members=20.0)]), view=FIXED
    )
    content = draw_history(page_data)
    labels = [note["text"] for note in content.body["layout"]["annotations"]]
    assert labels == ["<b>5</b>", "<b>20</b>"]
    assert content.foot[1] == "5 rooms, 20 members at the end of the range"
    strip = PAGE.cards(page_data)
    assert texts_of(strip, "card-figure")[:3] == ["5", "20", "4.00"]
    assert texts_of(strip, "card-note")[0] == "with members at the end of the range"
    unmeasured = PAGE.cards(server_data(nothing_measured(), view=FIXED))
    assert texts_of(unmeasured, "card-figure")[:3] == ["–", "–", "–"]


def test_steps_without_a_member_are_an_empty_panel_that_says_how_to_join() -> None:
    idle = server_metrics(series=[a_point(0, rooms=0.0, members=0.0)])
    content = draw_history(server_data(idle))
    assert content.is_empty
    assert '{"type": "join", "room": "…"}' in content.empty_text
    assert draw_top(server_data(idle)).is_empty
