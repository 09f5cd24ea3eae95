"""Rooms over several workers: a message crosses the bus once, and every member counts once."""

from collections.abc import Callable, Iterator

import pytest

from ingest.sockets.rooms.broker import RoomBroker
from ingest.sockets.rooms.bus import Envelope, LocalBus
from tests.ingest.sockets.rooms.room_peers import Browser, MemoryBus

HALL, YARD = ("portal", "hall"), ("portal", "yard")
OpenBrowser = Callable[[], Browser]


@pytest.fixture
def open_browser() -> Iterator[OpenBrowser]:
    opened: list[Browser] = []

    def open_another() -> Browser:
        opened.append(Browser())
        return opened[-1]

    yield open_another
    for browser in opened:
        browser.close()


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


def test_a_room_counts_its_members_on_all_workers(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    first, second = bus.worker(), bus.worker()
    peers = [open_browser().peer for _ in range(3)]
    assert first.join(peers[0], HALL) == 1
    assert second.join(peers[1], HALL) == 2
    assert first.join(peers[2], HALL) == 3
    assert first.join(peers[2], HALL) == 3
    assert second.leave(peers[1], HALL) == 2
    assert second.leave(peers[1], HALL) is None


def test_a_worker_that_starts_later_learns_who_is_there(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    first = bus.worker()
    first.join(open_browser().peer, HALL)
    late = bus.worker()
    assert late.join(open_browser().peer, HALL) == 2
    assert first.join(open_browser().peer, HALL) == 3


def test_a_message_reaches_every_member_once_and_nobody_else(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    first, second = bus.worker(), bus.worker()
    ann, bob, eve = open_browser(), open_browser(), open_browser()
    first.join(ann.peer, HALL)
    second.join(bob.peer, HALL)
    second.join(eve.peer, YARD)
    first.send(HALL, '{"data":"<b>\u00e9"}')
    assert ann.messages() == bob.messages() == [{"data": "<b>\u00e9"}]
    assert eve.messages() == []
    assert ann.connection.tally.kinds_sent == {"message": 1}


def test_a_worker_alone_publishes_nothing_but_its_greeting(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    alone, ann = bus.worker(), open_browser()
    alone.join(ann.peer, HALL)
    alone.send(HALL, "{}")
    alone.leave_all(ann.peer)
    assert [envelope.kind for envelope in bus.published] == ["hello"]


def test_leaving_publishes_the_rooms_that_were_left(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    first, ann = bus.worker(), open_browser()
    second = bus.worker()
    for room in (HALL, YARD):
        first.join(ann.peer, room)
    first.leave_all(ann.peer)
    assert bus.published[-1].numbers == [("portal", "hall", 0), ("portal", "yard", 0)]
    assert second.join(open_browser().peer, HALL) == 1
    assert not first.contains(ann.peer, HALL)


def test_an_unknown_worker_must_tell_all_its_rooms(bus: MemoryBus) -> None:
    bus.worker()
    bus.publish(Envelope("stranger", "changed", numbers=[("portal", "hall", 4)]))
    assert [envelope.kind for envelope in bus.published] == ["hello", "changed", "ask"]
    bus.publish(Envelope("stranger", "beat"))
    assert bus.published[-1].kind == "beat"  # it is no stranger any more


def test_a_question_is_replied_to_with_all_rooms(bus: MemoryBus, open_browser: OpenBrowser) -> None:
    bus.worker().join(open_browser().peer, HALL)
    bus.publish(Envelope("stranger", "ask"))
    assert bus.published[-1].kind == "hello"
    assert bus.published[-1].numbers == [("portal", "hall", 1)]


def test_over_all_workers_the_gauges_count_a_room_once(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    workers = [bus.worker() for _ in range(3)]
    for worker in workers:
        worker.join(open_browser().peer, HALL)
    workers[1].join(open_browser().peer, YARD)
    gauges = [worker.gauges()["portal"] for worker in workers]
    assert sum(number for number, _ in gauges) == 2
    assert sum(sum(members.values()) for _, members in gauges) == 4
    assert gauges[1][1] == {"hall": 1, "yard": 1}


def test_without_rooms_there_are_no_gauges(bus: MemoryBus) -> None:
    assert bus.worker().gauges() == {}


def test_the_bus_is_opened_by_the_first_peer_and_once(bus: MemoryBus) -> None:
    broker = RoomBroker(bus.connect)
    bus.is_up = False
    assert (broker.is_up, bus.published) == (True, [])  # not opened yet
    for _ in range(2):
        broker.start()
    bus.greet()
    assert (broker.is_up, len(bus.published)) == (False, 1)
    bus.publish(Envelope("stranger", "ask"))
    assert len(bus.published) == 3  # a single reply


def test_on_the_bus_of_a_single_worker_rooms_work_inside_it(open_browser: OpenBrowser) -> None:
    broker, ann = RoomBroker(lambda _deliver, _connected: LocalBus()), open_browser()
    broker.start()
    assert (broker.is_up, broker.join(ann.peer, HALL)) == (True, 1)
    broker.send(HALL, '{"data":1}')
    assert ann.messages() == [{"data": 1}]


def test_a_message_that_comes_twice_is_delivered_once_and_what_never_comes_is_counted(
    bus: MemoryBus, open_browser: OpenBrowser
) -> None:
    first, second = bus.worker(), bus.worker()
    ann, bob = open_browser(), open_browser()
    first.join(ann.peer, HALL)
    second.join(bob.peer, HALL)
    missed: list[tuple[str, int]] = []
    second.on_missed = lambda app, messages: missed.append((app, messages))
    first.send(HALL, "1")
    again = bus.published[-1]
    bus.publish(again)
    reached, bus.delivers = bus.delivers, []
    first.send(HALL, "2")
    first.send(HALL, "3")
    bus.delivers = reached
    first._beat()
    first.send(HALL, "4")
    bus.publish(again)
    assert [payload for _, payload in bob.received()] == [b"1", b"4"]
    assert missed == [("portal", 2)]
