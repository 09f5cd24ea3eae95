"""The protocol of `/ws`: what is understood, what is refused, how a reply names its request."""

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ingest import sockets
from ingest.sockets.rooms.messages import (
    LONGEST_ROOM,
    LONGEST_TYPE,
    ClientRequest,
    MessageTypes,
    RequestRejected,
    identifier_of,
    parse_request,
    reply,
    room_of,
)
from ingest.sockets.rooms.peer import Peer
from tests.ingest.sockets.rooms.room_peers import Browser

json_values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9)


@given(st.dictionaries(st.text(max_size=9), json_values, max_size=5))
def test_any_object_with_a_type_is_a_request(members: dict[str, object]) -> None:
    request = members | {"type": "join"}
    assert parse_request(json.dumps(request)) == request


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '"join"', "NaN", "[" * 9000, b"{}"])
def test_what_is_no_json_object_is_rejected_as_such(text: str | bytes) -> None:
    with pytest.raises(RequestRejected) as caught:
        parse_request(text)
    assert caught.value.code == "not-json"


@pytest.mark.parametrize("text", ["{}", '{"type": null}', '{"type": 3}', '{"Type": "join"}'])
def test_a_request_needs_a_type(text: str) -> None:
    with pytest.raises(RequestRejected) as caught:
        parse_request(text)
    assert caught.value.code == "no-type"


@pytest.mark.parametrize("room", ["a", "é\U0001f600 <b>", " ", "x" * LONGEST_ROOM])
def test_a_room_is_any_printable_text(room: str) -> None:
    assert room_of({"type": "join", "room": room}) == room


@pytest.mark.parametrize("room", [None, "", 3, ["a"], "a\nb", "a\n", "\x7f", "x" * 129])
def test_a_bad_room_is_rejected(room: object) -> None:
    with pytest.raises(RequestRejected) as caught:
        room_of({"type": "join", "room": room})
    assert caught.value.code == "bad-room"


@given(st.text(max_size=128) | st.integers())
def test_an_id_comes_back_in_the_reply(identifier: str | int) -> None:
    pong = json.loads(reply("pong", {"type": "ping", "id": identifier}))
    assert pong == {"type": "pong", "id": identifier}


@pytest.mark.parametrize("identifier", [None, True, 1.5, [], {"a": 1}, "x" * 129])
def test_an_id_of_another_kind_is_ignored(identifier: object) -> None:
    request: ClientRequest = {"type": "ping", "id": identifier}
    assert identifier_of(request) is None
    assert json.loads(reply("pong", request)) == {"type": "pong"}


def test_a_member_of_the_reply_cannot_be_faked_by_the_request() -> None:
    request: ClientRequest = {"type": "message", "from": "eve", "room": "yard"}
    assert json.loads(reply("left", request, room="hall")) == {"type": "left", "room": "hall"}


def test_a_type_is_handled_by_its_handler_alone() -> None:
    browser, handled = Browser(), list[tuple[Peer, ClientRequest]]()
    types = MessageTypes()
    types.register("chat.say", lambda peer, request: handled.append((peer, request)))
    types.register("other", lambda _peer, _request: pytest.fail("another type"))
    types.handle(browser.peer, {"type": "chat.say", "text": "hi"})
    assert handled == [(browser.peer, {"type": "chat.say", "text": "hi"})]
    assert "chat.say" in types
    browser.close()


def test_the_refusal_of_an_unknown_type_lists_the_types() -> None:
    browser, types = Browser(), MessageTypes()
    for name in ("b", "a"):
        types.register(name, lambda _peer, _request: None)
    with pytest.raises(RequestRejected, match="known types are a, b") as caught:
        types.handle(browser.peer, {"type": "<script>"})
    assert caught.value.code == "unknown-type"
    browser.close()


@pytest.mark.parametrize("name", ["", "Join", "1a", "a b", "a\n", "é", "x" * (LONGEST_TYPE + 1)])
def test_a_malformed_type_cannot_be_registered(name: str) -> None:
    with pytest.raises(ValueError, match="taken"):
        MessageTypes().register(name, lambda _peer, _request: None)


def test_a_type_is_registered_once() -> None:
    types = MessageTypes()
    types.register("a", lambda _peer, _request: None)
    with pytest.raises(ValueError, match="'a' is taken"):
        types.register("a", lambda _peer, _request: None)


def test_a_host_application_registers_further_types(app: Flask) -> None:
    styles: list[Any] = []
    message_types = sockets.types(app)
    message_types.register("dance", lambda _peer, request: styles.append(request["style"]))
    browser = Browser()
    message_types.handle(browser.peer, {"type": "dance", "style": "waltz"})
    browser.close()
    assert styles == ["waltz"]
