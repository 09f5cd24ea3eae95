"""`/ws`: a message reaches every member of its room once; errors carry a code."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from ingest import sockets
from tests.support.servers.running_server import RunningServer
from tests.support.servers.socket_clients import RoomClient

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def ann(live_server: RunningServer) -> Iterator[RoomClient]:
    with RoomClient(live_server) as client:
        yield client


@pytest.fixture
def bob(live_server: RunningServer) -> Iterator[RoomClient]:
    with RoomClient(live_server) as client:
        yield client


def test_join_and_leave_report_the_member_count(ann: RoomClient, bob: RoomClient) -> None:
    assert ann.request(type="join", room="hall") == {"type": "joined", "room": "hall", "members": 1}
    assert bob.request(type="join", room="hall", id=7)["members"] == 2
    assert bob.request(type="leave", room="hall", id="x") == {
        "type": "left", "room": "hall", "members": 1, "id": "x",
    }  # fmt: skip


def test_a_message_reaches_every_member_and_its_sender(ann: RoomClient, bob: RoomClient) -> None:
    ann.join("hall")
    bob.join("hall", 2)
    payload = {"greeting": ["hé \U0001f600", None, 1.5]}
    ann.send(type="message", room="hall", data=payload, id=1)
    for message in (ann.receive(), bob.receive()):
        assert STAMP.fullmatch(message.pop("at"))
        assert re.fullmatch("[0-9a-f]{32}", message.pop("from"))
        assert message == {"type": "message", "room": "hall", "data": payload, "id": 1}


def test_other_rooms_and_apps_receive_nothing(
    live_server: RunningServer, ann: RoomClient, bob: RoomClient
) -> None:
    with RoomClient(live_server, app="other") as eve:
        ann.join("hall")
        bob.join("yard")
        eve.join("hall")
        ann.send(type="message", room="hall", data="secret")
        assert ann.receive()["data"] == "secret"
        assert bob.request(type="ping", id=1) == {"type": "pong", "id": 1}
        assert eve.request(type="ping", id=2) == {"type": "pong", "id": 2}


def test_a_disconnected_client_is_no_member(live_server: RunningServer, ann: RoomClient) -> None:
    with RoomClient(live_server) as bob:
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
def test_an_error_names_its_code_and_the_connection_stays(
    ann: RoomClient, text: str | bytes, code: str
) -> None:
    error: dict[str, Any] = ann.request(text)
    assert (error["type"], error["code"]) == ("error", code)
    assert error["detail"]
    assert ann.request(type="ping") == {"type": "pong"}


def test_rooms_per_connection_are_bounded(ann: RoomClient) -> None:
    for number in range(50):
        ann.join(f"room {number}")
    assert ann.request(type="join", room="one more", id=3)["code"] == "too-many-rooms"


def ping(client: RoomClient, times: int) -> None:
    for _ in range(times):
        client.request(type="ping")


def test_a_flood_is_ended_with_1008(ann: RoomClient) -> None:
    with pytest.raises(ConnectionClosed):
        ping(ann, 5000)
    assert ann.close_code() == 1008


def test_an_app_without_a_proper_name_is_refused(live_server: RunningServer) -> None:
    address = live_server.url.replace("http", "ws", 1) + "/ws?app=" + "x" * 65
    with connect(address) as client, pytest.raises(ConnectionClosedError) as closed:
        client.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_host_application_takes_no_type_of_ours(app: Flask) -> None:
    with pytest.raises(ValueError, match="taken"):
        sockets.types(app).register("join", lambda *_: None)
