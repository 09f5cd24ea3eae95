"""Scenarios of rooms against the protocol of `/ws`, without sockets."""

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
    scenario.received(client, reply(client, "joined"))
    return client


def reply(client: Client, kind: str) -> bytes:
    return msgspec.json.encode({"type": kind, "id": client.last()["id"]})


def test_each_member_is_expected_to_get_a_copy_and_the_sender_measures_its_own() -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    first, second = joined(rooms, 0), joined(rooms, 1)
    assert tally.expected == tally.received == 2
    rooms.send(first, 0.0)
    assert tally.expected == 4
    copy = reply(first, "message")
    rooms.received(first, copy)
    rooms.received(second, copy)
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


@pytest.mark.parametrize("payload", [b"x", b'{"type":"error"}', b"[]", b"\xff"])
def test_errors_and_garbage_are_counted(payload: bytes) -> None:
    tally = Tally()
    rooms = Rooms(tally, 20, "run")
    rooms.received(joined(rooms, 0), payload)
    assert tally.garbled == 1


def test_a_chat_is_a_mix_and_whoever_left_comes_back() -> None:
    tally = Tally()
    room = chat.Chat(tally, 20, "run")
    client, kinds = joined(room, 0), []
    for _ in range(300):
        room.send(client, 0.0)
        kinds.append(client.last()["type"])
        replies = {"join": "joined", "leave": "left", "ping": "pong", "message": "message"}
        room.received(client, reply(client, replies[kinds[-1]]))
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
    echo.received(client, second)  # the first was lost
    echo.received(client, first)
    echo.received(client, third[:-1])
    echo.received(client, third)
    assert (tally.received, tally.garbled) == (2, 2)


def test_every_scenario_of_the_command_line_is_made() -> None:
    kinds = {
        name: type(make.make(msgspec.structs.replace(PLAN, scenario=name), Tally()))
        for name in ("echo", "idle", "rooms", "chat", "storm", "slow-readers")
    }
    assert kinds["storm"] is Echo
    assert kinds["chat"] is chat.Chat
    assert kinds["idle"] is idle.Idle
