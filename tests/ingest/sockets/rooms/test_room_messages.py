"""The handler of `/ws` in this process: replies, errors, the rate, and leaving at the end."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed

from ingest.sockets.rooms import room_messages
from ingest.sockets.rooms.room_messages import RoomMessages
from tests.ingest.sockets.rooms.room_peers import Browser, MemoryBus
from tests.ingest.sockets.test_conversation import close, frame
from tests.support.clock import Clock

HALL = ("portal", "hall")


class Service:
    """The handler with its broker."""

    def __init__(self, clock: Clock) -> None:
        self.broker = MemoryBus().worker()
        self.handler = RoomMessages(self.broker, clock)

    def serve(self, browser: Browser, *frames: bytes, query: str = "app=portal") -> None:
        """Serve a connection that sends these frames and a close."""
        browser.send_bytes(*frames, close(1000))
        with (
            Flask("rooms").test_request_context(f"/ws?{query}"),
            suppress(ConnectionClosed),
        ):
            self.handler.serve(browser.connection)


@pytest.fixture
def service(clock: Clock) -> Service:
    return Service(clock)


@pytest.fixture
def ann() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


def text(**request: object) -> bytes:
    return frame(1, json.dumps(request).encode())


def close_code(browser: Browser) -> int:
    """The code of the server's close frame."""
    (payload,) = [payload for opcode, payload in browser.received() if opcode == 8]
    return int.from_bytes(payload[:2], "big")


def test_a_message_is_stamped_with_the_clock_and_echoed_to_its_sender(
    service: Service, ann: Browser, clock: Clock
) -> None:
    clock.advance(microseconds=123_456)
    data = {"x": ["<b>", None]}
    service.serve(ann, text(type="join", room="hall", id=1),
                  text(type="message", room="hall", data=data, at="never"))  # fmt: skip
    joined, message = ann.messages()
    assert joined == {"type": "joined", "room": "hall", "members": 1, "id": 1}
    assert len(message.pop("from")) == 32
    assert message == {
        "type": "message", "room": "hall", "data": data, "at": "2026-03-02T12:00:00.123Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_frame", "code"),
    [
        (frame(1, b"{"), "not-json"),
        (frame(2, b"{}"), "not-json"),
        (text(room="hall"), "no-type"),
        (text(type="shout"), "unknown-type"),
        (text(type="join"), "bad-room"),
        (text(type="leave", room="hall"), "no-such-room"),
        (text(type="message", room="hall", data=1), "no-such-room"),
    ],
)
def test_an_error_is_named_counted_and_survived(
    service: Service, ann: Browser, request_frame: bytes, code: str
) -> None:
    service.serve(ann, request_frame, text(type="ping", id=7))
    error, pong = ann.messages()
    assert (error["type"], error["code"], bool(error["detail"])) == ("error", code, True)
    assert pong == {"type": "pong", "id": 7}
    assert ann.connection.tally.errors == {code: 1}


def test_what_clients_invent_is_counted_together(service: Service, ann: Browser) -> None:
    service.serve(ann, *(text(type=f"type {n}") for n in range(5)), frame(1, b"x"),
                  text(type="ping"))  # fmt: skip
    received = ann.connection.tally.kinds_received
    assert received == {"other": 5, "not-understood": 1, "ping": 1}


def test_a_peer_that_ends_leaves_its_rooms(service: Service, ann: Browser) -> None:
    service.serve(ann, text(type="join", room="hall"), text(type="join", room="yard"))
    assert service.broker.gauges() == {}


def test_a_room_of_another_app_is_another_room(service: Service, ann: Browser) -> None:
    bob = Browser()
    service.broker.join(bob.peer, HALL)
    service.serve(ann, text(type="join", room="hall"), query="app=kiosk")
    assert ann.messages()[0]["members"] == 1
    service.serve(other := Browser(), text(type="join", room="hall"))
    assert other.messages()[0]["members"] == 2
    bob.close()
    other.close()


def test_leaving_replies_how_many_remain(service: Service, ann: Browser) -> None:
    service.serve(ann, text(type="join", room="hall"), text(type="leave", room="hall", id="x"))
    assert ann.messages()[1] == {"type": "left", "room": "hall", "members": 0, "id": "x"}


def test_rooms_of_a_peer_are_limited(service: Service, ann: Browser) -> None:
    service.serve(ann, *(text(type="join", room=str(n)) for n in range(51)))
    *joined, refused = ann.messages()
    assert (len(joined), refused["code"]) == (50, "too-many-rooms")


@pytest.mark.parametrize("query", ["app=a%0Ab", "app=" + "x" * 65])
def test_a_bad_app_is_closed_for_its_policy(service: Service, ann: Browser, query: str) -> None:
    service.serve(ann, query=query)
    assert close_code(ann) == room_messages.POLICY_VIOLATION


def test_a_flood_is_closed_after_a_burst(
    clock: Clock, ann: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_messages, "MESSAGES_PER_SECOND", 0.001)
    service = Service(clock)
    service.serve(ann, text(type="ping"), text(type="ping"), text(type="ping"))
    assert ann.connection.closing == (1008, "too many messages", "server")
    assert ann.connection.tally.kinds_received == {"ping": 1}


def test_messages_are_counted_by_room(service: Service, ann: Browser) -> None:
    service.serve(ann, text(type="join", room="hall"),
                  *(text(type="message", room="hall", data=n) for n in range(3)))  # fmt: skip
    assert ann.connection.tally.room_messages == {"hall": 3}
    assert ann.connection.tally.kinds_sent == {"joined": 1, "message": 3}
