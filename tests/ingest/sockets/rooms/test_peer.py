"""A peer of `/ws`: its messages are counted by kind, and its name is nobody else's."""

import pytest
from simple_websocket import ConnectionClosed

from tests.ingest.sockets.rooms.room_peers import Browser


def test_what_is_sent_is_counted_under_its_kind() -> None:
    browser = Browser(user="ann")
    browser.peer.send('{"a":"\u00e9"}', "joined")
    browser.peer.send("{}")
    assert browser.messages() == [{"a": "\u00e9"}, {}]
    assert browser.connection.tally.kinds_sent == {"joined": 1, "other": 1}
    assert browser.peer.user == "ann"
    browser.close()


def test_two_peers_are_different_though_alike() -> None:
    first, second = Browser(), Browser()
    assert first.peer != second.peer
    assert first.peer.id != second.peer.id
    assert len({first.peer, second.peer}) == 2
    first.close()
    second.close()


def test_sending_to_a_peer_that_has_left_raises() -> None:
    browser = Browser()
    browser.connection.abort()
    with pytest.raises(ConnectionClosed):
        browser.peer.send("{}")
    browser.close()
