"""Links to a wall: found by their token until they expire or are revoked."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.database.engine import Database
from models.people import wall_links
from models.people.wall_links import TooManyWallLinks, WallLink, WallLinks
from tests.support.clock import NOON

DAY = timedelta(days=1)


def link(name: str = "hall", *, later: timedelta = timedelta(0)) -> WallLink:
    return WallLink(
        uuid4(), name, ["/admin/websocket-analytics"], 30, NOON + later, "ada", NOON + later + DAY
    )


def test_a_link_opens_until_it_expires(database: Database) -> None:
    links, hall = WallLinks(database), link()
    links.add(hall, b"1")
    assert links.find(b"1", NOON) == hall
    assert links.find(b"2", NOON) is None
    assert links.find(b"1", NOON + DAY) is None
    assert links.all() == [hall]


def test_a_revoked_link_opens_nothing(database: Database) -> None:
    links, hall = WallLinks(database), link()
    links.add(hall, b"1")
    assert [links.remove(hall.id) for _ in range(2)] == ["hall", None]
    assert links.find(b"1", NOON) is None


def test_expired_links_make_room(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall_links, "MOST_WALL_LINKS", 1)
    links = WallLinks(database)
    links.add(link(), b"1")
    with pytest.raises(TooManyWallLinks):
        links.add(link("door"), b"2")
    links.add(link("door", later=DAY), b"3")
    assert [each.name for each in links.all()] == ["door"]
