"""Scenarios of rooms against the protocol of `/ws`, without sockets."""

from time import perf_counter
from typing import Any

import msgspec
import pytest

from scripts.load.clients.connection import Connection
from scripts.load.clients.tally import Tally
from scripts.load.scenarios import chat, idle, make
from scripts.load.scenarios.echo import Echo
from scripts.load.scenarios.rooms import Rooms
from scripts.load.scenarios.slow_readers import SlowReaders
from tests.support.load_reports import PLAN


class Client(Connection):
    """A connection that remembers what it sent."""

    def __init__(self, number: int, scenario: Rooms | Echo) -> None:
        super().__init__(number, scenario)
        self.sent: list[bytes] = []

    def send_text(self, payload: bytes) -> None:
        self.sent.append(payload)

    def last(self) -> dict[str, Any]:
        request: dict[str, Any] = msgspec.json.decode(self.sent[-1])
        return request


def joined(scenario: Rooms, number: int) -> Client:
    client = Client(number, scenario)
    scenario.opened(client)
    scenario.received(client, reply(client, "joined"), perf_counter())
    return client


def reply(client: Client, kind: str, at: int = -1) -> bytes:
    """The reply to a request, by default the last."""
    request = msgspec.json.decode(client.sent[at])
    return msgspec.json.encode({**request, "type": kind})


def test_each_member_is_expected_to_get_a_copy_and_the_sender_measures_its_own() -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    first, second = joined(rooms, 0), joined(rooms, 1)
    assert tally.expected == tally.received == 2
    rooms.send(first, 0.0)
    assert tally.expected == 4
    copy = reply(first, "message")
    rooms.received(first, copy, perf_counter())
    rooms.received(second, copy, perf_counter())
    assert (tally.received, tally.lost) == (4, 0)
    assert len(tally.round_trips) == 3
    rooms.closed(second)
    rooms.send(first, 0.0)
    assert tally.expected == 5


def test_whoever_has_not_joined_yet_pings() -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    client = Client(0, rooms)
    rooms.opened(client)
    rooms.send(client, 0.0)
    assert client.last()["type"] == "ping"


@pytest.mark.parametrize(
    "payload",
    [
        b"x", b'{"type":"error"}', b"[]", b"\xff", b'{"type":"pong","id":[1]}',
        b'{"type":"message","id":"none","data":"...................."}',
        b'{"type":"message","id":"0.1.9","data":"...................."}',
        b'{"type":"message","id":"0.1.0","data":"other"}',
    ],
)  # fmt: skip
def test_errors_and_garbage_are_counted(payload: bytes) -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    rooms.received(joined(rooms, 0), payload, perf_counter())
    assert tally.garbled == 1


def test_a_chat_is_a_mix_and_whoever_left_comes_back() -> None:
    tally = Tally()
    room = chat.Chat(tally, 20, "run")
    client, kinds = joined(room, 0), []
    for _ in range(300):
        room.send(client, 0.0)
        kinds.append(client.last()["type"])
        replies = {"join": "joined", "leave": "left", "ping": "pong", "message": "message"}
        room.received(client, reply(client, replies[kinds[-1]]), perf_counter())
    assert kinds.count("leave") == pytest.approx(kinds.count("join"), abs=1)
    assert kinds.count("message") > kinds.count("ping") > kinds.count("leave") > 0
    assert tally.lost == 0


def test_each_tenth_does_not_talk() -> None:
    slow = SlowReaders(Tally(), 20, "run")
    assert [slow.talks(Client(number, slow)) for number in (0, 1, 9, 10)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_echo_out_of_order_or_changed_is_garbled() -> None:
    tally = Tally()
    echo = Echo(tally, 20)
    client = Client(0, echo)
    echo.opened(client)
    for _ in range(3):
        echo.send(client, 0.0)
    first, second, third = client.sent
    echo.received(client, second, perf_counter())  # the first was lost
    echo.received(client, first, perf_counter())
    echo.received(client, third[:-1], perf_counter())
    echo.received(client, third, perf_counter())
    assert (tally.received, tally.garbled) == (2, 2)


def test_every_scenario_of_the_command_line_is_made() -> None:
    kinds = {
        name: type(make.make(msgspec.structs.replace(PLAN, scenario=name), Tally()))
        for name in ("echo", "idle", "rooms", "chat", "storm", "slow-readers")
    }
    assert kinds["storm"] is Echo
    assert kinds["chat"] is chat.Chat
    assert kinds["idle"] is idle.Idle


def test_whoever_joins_or_leaves_gets_some_messages_of_others_and_none_is_lost() -> None:
    """Joins and leaves cross with messages: the server alone knows which came first."""
    tally = Tally()
    room = chat.Chat(tally, 20, "run")
    first = joined(room, 0)
    second = Client(1, room)
    room.opened(second)
    room.message(first, 0.0)  # the server has let the second in already
    room.received(second, reply(second, "joined"), perf_counter())
    for client in (first, second):
        room.received(client, reply(first, "message"), perf_counter())
    room.message(first, 0.0)
    room.left(second.state)  # and the server lets it out before that message, or after
    room.received(first, reply(first, "message"), perf_counter())
    assert (tally.lost, tally.expected - tally.received) == (0, 0)
    room.received(second, reply(first, "message"), perf_counter())
    assert tally.expected == tally.received


def test_a_message_lost_to_a_member_is_lost_whenever_it_leaves() -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    first, second = joined(rooms, 0), joined(rooms, 1)
    rooms.message(first, 0.0)
    rooms.received(first, reply(first, "message"), perf_counter())
    second.is_ending = True  # at the end of the run
    rooms.closed(second)
    assert tally.lost == 1
