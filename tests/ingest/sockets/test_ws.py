"""`/ws`: what is said in a room reaches every member once; what is wrong is answered by name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from ingest import sockets
from tests.support.running_server import RunningServer
from tests.support.socket_clients import Talker

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def ann(live_server: RunningServer) -> Iterator[Talker]:
    with Talker(live_server) as talker:
        yield talker


@pytest.fixture
def bob(live_server: RunningServer) -> Iterator[Talker]:
    with Talker(live_server) as talker:
        yield talker


def test_join_and_leave_tell_how_many_are_there(ann: Talker, bob: Talker) -> None:
    assert ann.ask(type="join", room="hall") == {"type": "joined", "room": "hall", "members": 1}
    assert bob.ask(type="join", room="hall", id=7)["members"] == 2
    assert bob.ask(type="leave", room="hall", id="x") == {
        "type": "left", "room": "hall", "members": 1, "id": "x",
    }  # fmt: skip


def test_a_message_reaches_everybody_its_sender_too(ann: Talker, bob: Talker) -> None:
    ann.join("hall")
    bob.join("hall", 2)
    said = {"greeting": ["hé \U0001f600", None, 1.5]}
    ann.tell(type="message", room="hall", data=said, id=1)
    for heard in (ann.hear(), bob.hear()):
        assert STAMP.fullmatch(heard.pop("at"))
        assert re.fullmatch("[0-9a-f]{32}", heard.pop("from"))
        assert heard == {"type": "message", "room": "hall", "data": said, "id": 1}


def test_who_is_elsewhere_hears_nothing(
    live_server: RunningServer, ann: Talker, bob: Talker
) -> None:
    with Talker(live_server, app="other") as eve:
        ann.join("hall")
        bob.join("yard")
        eve.join("hall")
        ann.tell(type="message", room="hall", data="secret")
        assert ann.hear()["data"] == "secret"
        assert bob.ask(type="ping", id=1) == {"type": "pong", "id": 1}
        assert eve.ask(type="ping", id=2) == {"type": "pong", "id": 2}


def test_who_hung_up_is_no_member(live_server: RunningServer, ann: Talker) -> None:
    with Talker(live_server) as bob:
        bob.join("hall")
        ann.join("hall", 2)
    ann.join("hall", 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", "not-json"), ("[]", "not-json"), (b"{}", "not-json"), ("NaN", "not-json"),
        ("[" * 10_000, "not-json"), ("{}", "no-type"), ('{"type": 1}', "no-type"),
        ('{"type": "dance"}', "unknown-type"), ('{"type": "join"}', "bad-room"),
        ('{"type": "join", "room": ""}', "bad-room"),
        ('{"type": "join", "room": "a\\u0000"}', "bad-room"),
        ('{"type": "join", "room": "' + "x" * 129 + '"}', "bad-room"),
        ('{"type": "leave", "room": "nowhere"}', "no-such-room"),
        ('{"type": "message", "room": "nowhere", "data": 1}', "no-such-room"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_the_line_stays(
    ann: Talker, text: str | bytes, code: str
) -> None:
    answer: dict[str, Any] = ann.ask(text)
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["detail"]
    assert ann.ask(type="ping") == {"type": "pong"}


def test_rooms_of_one_connection_are_bounded(ann: Talker) -> None:
    for number in range(50):
        ann.join(f"room {number}")
    assert ann.ask(type="join", room="one more", id=3)["code"] == "too-many-rooms"


def ping(talker: Talker, times: int) -> None:
    for _ in range(times):
        talker.ask(type="ping")


def test_a_flood_is_ended_with_1008(ann: Talker) -> None:
    with pytest.raises(ConnectionClosed):
        ping(ann, 5000)
    assert ann.closed_with() == 1008


def test_an_app_without_a_proper_name_is_refused(live_server: RunningServer) -> None:
    address = live_server.url.replace("http", "ws", 1) + "/ws?app=" + "x" * 65
    with connect(address) as client, pytest.raises(ConnectionClosedError) as closed:
        client.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_host_application_teaches_further_types(app: Flask) -> None:
    heard: list[Any] = []
    known = sockets.types(app)
    known.register("dance", lambda _peer, request: heard.append(request["style"]))
    known.handle(None, {"type": "dance", "style": "waltz"})  # type: ignore[arg-type]
    assert heard == ["waltz"]
    with pytest.raises(ValueError, match="taken"):
        known.register("join", lambda *_: None)
